import HTTPTypes
import Hummingbird
import SegmentEngine

/// Lists sessions, and tells of one.
struct SessionRoutes: Sendable {
  let store: ReplayStore

  private static let pageSizes = 1...1_000

  func addList(to group: RouterGroup<BasicRequestContext>) { group.get("/sessions", use: list) }

  func add(to session: RouterGroup<BasicRequestContext>) { session.get("", use: summary) }

  private struct Page: Encodable {
    var sessions: [SessionJSON]
    var next: String?
  }

  @Sendable
  private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    var query = SessionQuery(
      project: request.text("project"), from: try request.time("from"), to: try request.time("to"),
      url: request.text("url"), hasErrors: try request.flag("errors"), isPinned: try request.flag("pinned"),
      after: try request.value("after", "the `next` of a page of sessions"))
    query.limit = try request.value("limit", "a number") ?? 50
    guard Self.pageSizes.contains(query.limit) else {
      throw APIError.badRequest("limit goes from 1 to \(Self.pageSizes.upperBound)")
    }
    for tag in request.uri.queryParameters[values: "tag"] {
      let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query.tags[String(parts[0])] = .some(parts.count == 2 ? String(parts[1]) : nil)
    }
    let page = try await store.sessions(query)
    return .json(Page(sessions: page.sessions.map { SessionJSON($0) }, next: page.next?.description))
  }

  @Sendable
  private func summary(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let key = try request.sessionKey(context)
    guard let summary = try await store.summary(of: key) else {
      throw APIError(.notFound, "notFound", "there is no session \(key)")
    }
    return .json(SessionJSON(summary))
  }
}
