import HTTPTypes
import Hummingbird

/// Who may do what: those who send recordings, and those who watch and erase them.
public struct AccessControl: Sendable {
  /// What a request is about.
  enum Role: Sendable {
    case ingest
    case viewer
  }

  /// The name of the cookie that the pages' login sets.
  static let cookie = "replay-viewer"

  /// Nil: all may do all.
  private let tokens: (ingest: AccessToken, viewer: AccessToken)?

  /// Everybody may do everything.
  public static let open = AccessControl(tokens: nil)

  private init(tokens: (ingest: AccessToken, viewer: AccessToken)?) { self.tokens = tokens }

  /// Access with two tokens; nil where they are the same, since every visitor of a recorded page can read the first.
  public init?(ingest: AccessToken, viewer: AccessToken) {
    if ingest.matches(viewer.text) { return nil }
    self.init(tokens: (ingest, viewer))
  }

  /// What a recorded page needs to send.
  var ingestToken: String? { tokens?.ingest.text }

  /// Throws `APIError` where the request may not do it.
  func check(_ request: Request, _ role: Role) throws {
    guard let tokens else { return }
    guard let given = Self.credential(of: request, role) else {
      throw APIError.unauthorized("a token is needed: as Authorization: Bearer, or as ?token=")
    }
    let (own, other) = role == .ingest ? (tokens.ingest, tokens.viewer) : (tokens.viewer, tokens.ingest)
    if own.matches(given) { return }
    if other.matches(given) {
      throw APIError(
        .forbidden, "wrongToken",
        role == .ingest
          ? "this is the token for watching; sending needs the ingest token"
          : "this is the token for sending; watching needs the viewer token")
    }
    throw APIError.unauthorized("the token is not right")
  }

  /// The value of the login cookie for a token; nil where it is not the viewer's.
  func cookieValue(for token: String) -> String? {
    guard let tokens, tokens.viewer.matches(token) else { return nil }
    return token.utf8.map { byte in Self.hex(byte) }.joined()
  }

  /// The header decides where there is one; then the query, for `EventSource` and `sendBeacon`, which set no headers;
  /// then the pages' cookie, which only watching goes by.
  private static func credential(of request: Request, _ role: Role) -> String? {
    if let header = request.headers[.authorization] {
      let parts = header.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else { return "" }
      return String(parts[1])
    }
    if let token = request.uri.queryParameters["token"] { return String(token) }
    guard role == .viewer, let value = request.cookies[cookie]?.value else { return nil }
    return unhex(value) ?? ""
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }

  private static func unhex(_ text: String) -> String? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2), digits.count <= 2_048 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else { return nil }
      bytes.append(byte)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// Lets only those through who may.
struct RequireAccess: RouterMiddleware {
  typealias Context = BasicRequestContext

  let access: AccessControl
  let role: AccessControl.Role

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    try access.check(request, role)
    return try await next(request, context)
  }
}
