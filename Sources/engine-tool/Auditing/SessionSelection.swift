import SegmentEngine

/// Which sessions a command looks at, out of a store of any size.
enum SessionSelection {
  /// So many of the newest.
  case newest(Int)
  /// So many, spread evenly over the listing: the same ones as long as the store does not change.
  case spread(Int)
  case all
  /// Those of these IDs.
  case named([String])

  /// What is needed to read a session.
  struct Target {
    var key: SessionKey
    var rawBytes: UInt64

    init(_ summary: SessionSummary) {
      key = summary.key
      rawBytes = summary.rawBytes
    }
  }

  private static let page = 1_000

  /// Calls `body` with the sessions, some at a time. Throws `Failure` where one that is named is not there.
  func forEach(
    in store: ReplayStore, project: String?, _ body: ([Target]) async throws -> Void
  ) async throws {
    switch self {
    case .newest(let count):
      var left = count
      try await Self.pages(of: store, project, limit: min(count, Self.page)) { sessions in
        try await body(Array(sessions.prefix(left)))
        left -= min(left, sessions.count)
        return left > 0
      }
    case .spread(let count):
      var sample = EvenSample<Target>(count)
      try await Self.pages(of: store, project, limit: Self.page) { sessions in
        for session in sessions { sample.add(session) }
        return true
      }
      try await body(sample.chosen)
    case .all:
      try await Self.pages(of: store, project, limit: Self.page) { sessions in
        try await body(sessions)
        return true
      }
    case .named(let names):
      var targets: [Target] = []
      for name in names {
        let target = Target(try await SessionOptions.find(name, project: project, in: store))
        if !targets.contains(where: { $0.key == target.key }) { targets.append(target) }
      }
      try await body(targets)
    }
  }

  /// Lists sessions a page at a time, as long as `body` returns true.
  private static func pages(
    of store: ReplayStore, _ project: String?, limit: Int, _ body: ([Target]) async throws -> Bool
  ) async throws {
    var query = SessionQuery(project: project, limit: limit)
    repeat {
      let page = try await store.sessions(query)
      guard try await body(page.sessions.map(Target.init)) else { return }
      query.after = page.next
    } while query.after != nil
  }
}
