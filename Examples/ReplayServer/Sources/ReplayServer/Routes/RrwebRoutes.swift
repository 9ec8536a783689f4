import HTTPTypes
import Hummingbird
import NIOCore

/// Serves rrweb's files from a folder, or says where they are.
struct RrwebRoutes: Sendable {
  let source: RrwebSource

  private static let types = [
    ".js": "text/javascript; charset=utf-8", ".cjs": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".map": "application/json",
  ]

  func add(to router: Router<BasicRequestContext>) {
    // Fixed addresses for recorded sites, whatever the files are called.
    for (path, name) in [("recorder", source.recorder), ("player", source.player), ("style", source.style)] {
      let address = source.address(of: name)
      router.get("/rrweb/\(path)") { _, _ in
        Response(status: .found, headers: [.location: address, .cacheControl: "no-cache"])
      }
    }
    if let folder = source.folder {
      router.get("/rrweb/files/{name}") { request, context in
        try await file(try request.part("name", context), in: folder, context)
      }
    }
  }

  /// A file of the folder itself: a name with a slash, or one that is hidden, is none.
  private func file(_ name: String, in folder: String, _ context: BasicRequestContext) async throws -> Response {
    let missing = APIError(.notFound, "notFound", "there is no such file")
    guard !name.hasPrefix("."), name.utf8.count <= 255,
      name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") }),
      let type = Self.types.first(where: { name.hasSuffix($0.key) })?.value
    else { throw missing }
    do {
      let body = try await FileIO().loadFile(path: "\(folder)/\(name)", context: context)
      return Response(status: .ok, headers: [.contentType: type, .cacheControl: "no-cache"], body: body)
    } catch { throw missing }
  }
}
