import HTTPTypes
import Hummingbird

/// A request that is answered with an error.
struct APIError: Error {
  var status: HTTPResponse.Status
  /// Stable, for programs.
  var code: String
  /// What failed and what to do, for people.
  var message: String
  /// Seconds after which the same request may succeed; nil where repeating it is of no use.
  var retryAfter: Int?

  init(_ status: HTTPResponse.Status, _ code: String, _ message: String, retryAfter: Int? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.retryAfter = retryAfter
  }

  static func unauthorized(_ message: String) -> APIError { APIError(.unauthorized, "unauthorized", message) }

  static func badRequest(_ message: String) -> APIError { APIError(.badRequest, "invalidArgument", message) }

  /// `{"error":{"code":...,"message":...}}`
  var response: Response {
    struct Body: Encodable {
      struct Content: Encodable {
        var code: String
        var message: String
      }
      var error: Content
    }
    var response = Response.json(Body(error: .init(code: code, message: message)), status: status)
    if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
    if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
    return response
  }
}
