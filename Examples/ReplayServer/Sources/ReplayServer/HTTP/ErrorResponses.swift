import HTTPTypes
import Hummingbird
import Logging
import SegmentEngine

/// Makes an answer of every error, and logs those that are the server's own. Addresses are logged without their query,
/// which may hold a token.
struct ErrorResponses: RouterMiddleware {
  typealias Context = BasicRequestContext

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let response: Response
    do {
      response = try await next(request, context)
    } catch {
      let told = Self.told(error)
      if told.status.code >= 500 {
        context.logger.error(
          "request failed",
          metadata: [
            "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(told.status.code)",
            "error": "\(error)",
          ])
      }
      return told.response
    }
    context.logger.debug(
      "request",
      metadata: [
        "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(response.status.code)",
      ])
    return response
  }

  private static func told(_ error: any Error) -> APIError {
    switch error {
    case let error as APIError: return error
    case let error as StoreError: return APIError(error)
    case is CancellationError: return APIError(.serviceUnavailable, "cancelled", "the server stops", retryAfter: 5)
    case let error as any HTTPResponseError:
      if error.status == .notFound { return APIError(.notFound, "notFound", "there is no such address") }
      return APIError(error.status, "refused", error.status.reasonPhrase)
    default: return APIError(.internalServerError, "internal", "the server failed; its log says why")
    }
  }
}
