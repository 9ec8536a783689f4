import HTTPTypes
import Hummingbird
import SegmentEngine

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Erases what must be erased, at once.
struct ErasureRoutes: Sendable {
  let store: ReplayStore

  private static let bodyBytes = 64 << 10

  func addErasures(to group: RouterGroup<BasicRequestContext>) { group.post("/erasures", use: erase) }

  func add(to session: RouterGroup<BasicRequestContext>) { session.delete("", use: eraseSession) }

  private struct Receipt: Encodable {
    var id: String
    var time: Double
    var kind: String
    var nameHash: String
    var sessions: UInt64
    var segments: UInt64
    var records: UInt64
    var bytes: UInt64
    var packs: UInt64
    var journals: UInt64
    var complete: Bool
    var limits: [String]

    init(_ receipt: ErasureReceipt) {
      id = receipt.id
      time = receipt.time.millisecondsSince1970
      kind = receipt.kind.rawValue
      nameHash = receipt.nameHash
      sessions = receipt.sessions
      segments = receipt.segments
      records = receipt.records
      bytes = receipt.bytes
      packs = receipt.packs
      journals = receipt.journals
      complete = receipt.isComplete
      limits = receipt.limits
    }
  }

  /// `{"session":...,"project":...}`, `{"visitor":...}` with or without a project, `{"tag":{"key":...,"value":...}}` with
  /// or without one, or `{"project":...}` alone: all of it.
  private struct Target: Decodable {
    struct Tag: Decodable {
      var key: String
      var value: String
    }
    var session: String?
    var visitor: String?
    var tag: Tag?
    var project: String?

    func target() throws -> ErasureTarget {
      switch (session, visitor, tag, project) {
      case (let session?, nil, nil, let project?): .session(SessionKey(project: project, id: session))
      case (nil, let visitor?, nil, let project): .visitor(visitor, project: project)
      case (nil, nil, let tag?, let project): .tag(key: tag.key, value: tag.value, project: project)
      case (nil, nil, nil, let project?): .project(project)
      default:
        throw APIError.badRequest("name one thing only: a session with its project, a visitor, a tag, or a project")
      }
    }
  }

  @Sendable
  private func eraseSession(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    .json(Receipt(try await store.erase(.session(try request.sessionKey(context)))))
  }

  @Sendable
  private func erase(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let bytes = try await BodyReader(limit: Self.bodyBytes).read(request)
    guard let target = try? JSONDecoder().decode(Target.self, from: Data(bytes)) else {
      throw APIError.badRequest("the body says what to erase, as {\"visitor\":\"...\"}")
    }
    return .json(Receipt(try await store.erase(try target.target())))
  }
}
