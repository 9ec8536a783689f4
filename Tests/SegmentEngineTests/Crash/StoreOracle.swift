@testable import SegmentEngine

/// What must be in a store, whatever happened to it: kept by a test beside the life it leads.
struct StoreOracle {
  /// What is known of one session.
  struct Session {
    /// Acknowledged as durable: must be there.
    var certain: [UInt8] = []
    /// Under way, or acknowledged as `.buffered`: there or not, each wholly, in order, none without those before it.
    var possible: [[UInt8]] = []
    /// What failed: there or not, as `possible`, in front of what was acknowledged after it.
    var doubts: [Doubt] = []
    var tags: [String: String] = [:]
    /// A change of tags that was under way: there or not.
    var possibleTags: [String: String]?
    /// Changes of tags that failed: each there or not.
    var doubtfulTags: [[String: String]] = []
    var isFinished = false
    var mayBeFinished = false
    /// A policy or an erasure may take it away: then it is there whole, or not at all.
    var mayBeGone = false
    /// It was erased, or let go: nothing of it may be found.
    var isErased = false

    /// Whether these contents may be found.
    func allows(_ found: [UInt8]) -> Bool {
      var ends: Set<Int> = [0]
      var done = 0
      for doubt in doubts + [Doubt(place: certain.count, chain: possible)] {
        ends = Self.behind(certain[done..<doubt.place], ends, found)
        done = doubt.place
        var last = ends
        for batch in doubt.chain {
          last = Self.behind(batch[...], last, found)
          ends.formUnion(last)
        }
      }
      return ends.contains(found.count)
    }

    private static func behind(_ bytes: ArraySlice<UInt8>, _ starts: Set<Int>, _ found: [UInt8]) -> Set<Int> {
      Set(starts.filter { found[$0...].starts(with: bytes) }.map { $0 + bytes.count })
    }

    /// All tags that may be found.
    var allowedTags: [[String: String]] {
      var all = [tags]
      for change in doubtfulTags + (possibleTags.map { [$0] } ?? []) {
        all += all.map { $0.merging(change) { $1 } }
      }
      return all
    }
  }

  struct Doubt {
    /// How much of `certain` came before it.
    var place: Int
    var chain: [[UInt8]]
  }

  var sessions: [SessionKey: Session] = [:]

  /// The batches under way are durable now.
  mutating func settle(_ key: SessionKey) {
    guard var session = sessions[key] else { return }
    for batch in session.possible { session.certain += batch }
    session.possible = []
    if let tags = session.possibleTags {
      session.tags.merge(tags) { $1 }
      session.doubtfulTags = session.doubtfulTags.map { $0.filter { tags[$0.key] == nil } }
    }
    session.possibleTags = nil
    sessions[key] = session
  }

  mutating func settleAll() {
    for key in sessions.keys { settle(key) }
  }

  /// What is under way failed: it is there or not, and life goes on.
  mutating func doubtAll() {
    for (key, var session) in sessions {
      if !session.possible.isEmpty {
        session.doubts.append(Doubt(place: session.certain.count, chain: session.possible))
      }
      session.possible = []
      if let tags = session.possibleTags { session.doubtfulTags.append(tags) }
      session.possibleTags = nil
      sessions[key] = session
    }
  }

  /// A session's content is known again.
  mutating func know(_ key: SessionKey, _ bytes: [UInt8]) {
    sessions[key]?.certain = bytes
    sessions[key]?.possible = []
    sessions[key]?.doubts = []
  }

  /// What is wrong with a store that was recovered; nil where nothing is. Where reading fails, with `declared` a session
  /// may lack what a gap declares.
  func problem(in core: StoreCore, declared: Bool = false) throws -> String? {
    for (key, expected) in sessions.sorted(by: { $0.key < $1.key }) {
      if let problem = try problem(in: core, key, expected, declared) { return "\(key): \(problem)" }
    }
    return nil
  }

  private func problem(
    in core: StoreCore, _ key: SessionKey, _ expected: Session, _ declared: Bool
  ) throws -> String? {
    let found = try core.exported(key)
    if expected.isErased { return found.bytes.isEmpty ? nil : "was erased and has \(found.bytes.count) bytes" }
    if expected.mayBeGone, found.bytes.isEmpty { return nil }
    if !found.gaps.isEmpty { return declared ? nil : "declares \(found.gaps)" }
    guard expected.allows(found.bytes) else {
      return "\(found.bytes.count) bytes found, \(expected.certain.count) acknowledged, "
        + "\(expected.possible.map(\.count)) possible, \(expected.doubts.map { ($0.place, $0.chain.map(\.count)) }) doubtful"
    }
    guard let summary = try core.summary(of: key) else {
      if expected.certain.isEmpty, expected.tags.isEmpty, !expected.isFinished { return nil }
      return "is gone"
    }
    if summary.rawBytes != UInt64(found.bytes.count) { return "the summary has \(summary.rawBytes) raw bytes" }
    let tags = expected.allowedTags
    if !tags.contains(summary.tags) { return "has tags \(summary.tags), not one of \(tags)" }
    if expected.isFinished, summary.finished == nil { return "is not finished" }
    if summary.finished != nil, !expected.isFinished, !expected.mayBeFinished { return "is finished" }
    return nil
  }
}
