import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The pages for people: the viewer, its login, the recorder for other sites, and a page that records itself.
struct PageRoutes: Sendable {
  let access: AccessControl
  let rrweb: RrwebSource

  private static let html = "text/html; charset=utf-8"
  private static let script = "text/javascript; charset=utf-8"
  private static let loginBytes = 4 << 10
  private static let loginSeconds = 30 * 86_400

  func add(to router: Router<BasicRequestContext>) {
    let viewer = filled(PackageResources.index_html)
    let demo = filled(PackageResources.demo_html)
    router.get("/") { _, _ in page(viewer) }
    router.get("/demo") { request, _ in
      // It holds the token for sending, as every recorded page does.
      do { try access.check(request, .viewer) } catch {
        return Response(status: .seeOther, headers: [.location: "/#next=/demo", .cacheControl: "no-store"])
      }
      return page(demo.replacing("{{token}}", with: Self.escaped(access.ingestToken ?? "")))
    }
    for (path, bytes, type) in [
      ("/viewer.js", PackageResources.viewer_js, Self.script), ("/player.js", PackageResources.player_js, Self.script),
      ("/viewer.css", PackageResources.viewer_css, "text/css; charset=utf-8"),
      ("/recorder.js", PackageResources.recorder_js, Self.script), ("/demo.js", PackageResources.demo_js, Self.script),
    ] {
      let text = String(decoding: bytes, as: UTF8.self)
      router.get(RouterPath(stringLiteral: path)) { _, _ in Response.text(text, type: type) }
    }
    router.post("/login", use: login)
    router.post("/logout") { _, _ in
      Response(status: .noContent, headers: [.setCookie: Self.cookie("", seconds: 0, isSecure: false)])
    }
  }

  /// Sets a cookie that no script can read and no other site can send.
  @Sendable
  private func login(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    struct Body: Decodable { var token: String }
    let bytes = try await BodyReader(limit: Self.loginBytes).read(request)
    guard let body = try? JSONDecoder().decode(Body.self, from: Data(bytes)) else {
      throw APIError.badRequest("the body is {\"token\":\"...\"}")
    }
    guard let value = access.cookieValue(for: body.token) else {
      throw APIError.unauthorized("the token is not the viewer's")
    }
    let isSecure = request.headers[.forwardedProtocol]?.lowercased() == "https"
    return Response(
      status: .noContent,
      headers: [.setCookie: Self.cookie(value, seconds: Self.loginSeconds, isSecure: isSecure)])
  }

  private static func cookie(_ value: String, seconds: Int, isSecure: Bool) -> String {
    let rest = "Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    return "\(AccessControl.cookie)=\(value); \(rest)"
  }

  private func filled(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
      .replacing("{{rrweb-player}}", with: Self.escaped(rrweb.address(of: rrweb.player)))
      .replacing("{{rrweb-style}}", with: Self.escaped(rrweb.address(of: rrweb.style)))
      .replacing("{{rrweb-recorder}}", with: Self.escaped(rrweb.address(of: rrweb.recorder)))
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;")
  }

  /// A page that runs the server's scripts and rrweb's, and nothing else. Replayed pages live in a frame without scripts
  /// that has the same policy: their pictures, fonts and style sheets come from where the site has them.
  private func page(_ html: String) -> Response {
    let rrweb = self.rrweb.origin.map { " \($0)" } ?? ""
    var response = Response.text(html, type: Self.html)
    response.headers[.contentSecurityPolicy] = [
      "default-src 'none'", "script-src 'self'\(rrweb)", "style-src 'self'\(rrweb) 'unsafe-inline' https: http:",
      "img-src 'self' data: blob: https: http:", "font-src 'self' data: https: http:",
      "media-src 'self' data: blob: https: http:", "connect-src 'self'", "frame-src 'self'", "form-action 'self'",
      "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")
    return response
  }
}

/// Headers that every answer has.
struct SecurityHeaders: RouterMiddleware {
  typealias Context = BasicRequestContext

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    response.headers[.xContentTypeOptions] = "nosniff"
    // Addresses may hold a token: no other site is told them.
    response.headers[.referrerPolicy] = "no-referrer"
    return response
  }
}
