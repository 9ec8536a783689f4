import ArgumentParser
import SegmentEngine

/// Which session a command is about.
struct SessionOptions: ParsableArguments {
  @Argument(help: "The session's ID.")
  var session: String

  @Option(help: "The session's project. (default: \"default\", or the only one that has the session)")
  var project: String?

  /// The session's facts. Throws `Failure` where there is none, or where several projects have one of this ID.
  func find(in store: ReplayStore) async throws -> SessionSummary {
    try await Self.find(session, project: project, in: store)
  }

  /// The same for an ID and a project that may be missing.
  static func find(_ session: String, project: String?, in store: ReplayStore) async throws -> SessionSummary {
    let key = SessionKey(project: project ?? defaultProject, id: session)
    if let summary = try await store.summary(of: key) { return summary }
    guard project == nil else {
      throw try await fate(of: key, in: store)
        ?? Failure(.notFound, "there is no session \(session) in project \(key.project)")
    }
    var found: [SessionSummary] = []
    for project in try await store.projects() {
      if let summary = try await store.summary(of: SessionKey(project: project, id: session)) { found.append(summary) }
    }
    switch found.count {
    case 0:
      throw try await fate(of: key, in: store) ?? Failure(.notFound, "there is no session \(session) in any project")
    case 1: return found[0]
    default:
      let projects = found.map(\.key.project).sorted().joined(separator: ", ")
      throw Failure(.usage, "session \(session) is in several projects; give one by --project: \(projects)")
    }
  }

  /// What became of a session that is not there, where that is remembered: left out, expired or erased.
  private static func fate(of key: SessionKey, in store: ReplayStore) async throws -> Failure? {
    do throws(StoreError) {
      _ = try await store.byteRanges(in: key)
      return nil
    } catch {
      return [.sessionDropped, .sessionExpired, .sessionErased].contains(error.code) ? Failure(error) : nil
    }
  }

  static let defaultProject = "default"
}
