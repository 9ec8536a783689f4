import HTTPTypes
import Hummingbird

/// Tells browsers which other sites' pages may talk to the server. Cookies are never part of it.
struct CrossOrigin: RouterMiddleware {
  typealias Context = BasicRequestContext

  private let allowsAll: Bool
  private let origins: Set<String>

  private static let maxAge = "600"
  private static let methods = "GET, POST, DELETE, OPTIONS"
  private static let requestHeaders = "Authorization, Batch-ID, Content-Encoding, Content-Type, Last-Event-ID"
  private static let responseHeaders = "Retry-After, Replay-Gap, Replay-Raw-Length, Replay-Dictionary"

  init(origins: [String]) {
    allowsAll = origins.contains("*")
    self.origins = Set(origins.map { $0.lowercased() })
  }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard request.uri.path.hasPrefix("/v1/") else { return try await next(request, context) }
    let origin = request.headers[.origin]
    let isAllowed = origin.map { allowsAll || origins.contains($0.lowercased()) } ?? false
    var response: Response
    if request.method == .options {
      response = Response(status: .noContent)
      if isAllowed {
        response.headers[.accessControlAllowMethods] = Self.methods
        response.headers[.accessControlAllowHeaders] = Self.requestHeaders
        response.headers[.accessControlMaxAge] = Self.maxAge
      }
    } else {
      response = try await next(request, context)
      if isAllowed { response.headers[.accessControlExposeHeaders] = Self.responseHeaders }
    }
    if isAllowed { response.headers[.accessControlAllowOrigin] = allowsAll ? "*" : origin }
    // Also where it is refused: a cache must not give that answer to another origin.
    if !allowsAll { response.headers[.vary] = "Origin" }
    return response
  }
}
