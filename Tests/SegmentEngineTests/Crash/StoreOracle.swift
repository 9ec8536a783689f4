@testable import SegmentEngine

/// What must be in a store, whatever happened to it: kept by a test beside the life it leads.
struct StoreOracle {
  /// What is known of one session.
  struct Session {
    /// Acknowledged as durable: must be there.
    var certain: [UInt8] = []
    /// Under way, or acknowledged as `.buffered`: there or not, each wholly, in order, none without those before it.
    var possible: [[UInt8]] = []
    var tags: [String: String] = [:]
    /// A change of tags that was under way: there or not.
    var possibleTags: [String: String]?
    var isFinished = false
    var mayBeFinished = false
    /// A policy or an erasure may take it away: then it is there whole, or not at all.
    var mayBeGone = false
    /// It was erased: nothing of it may be found.
    var isErased = false

    /// All contents that may be found.
    var allowed: [[UInt8]] {
      var contents = [certain]
      for batch in possible { contents.append((contents.last ?? []) + batch) }
      return contents
    }
  }

  var sessions: [SessionKey: Session] = [:]

  /// The batches under way are durable now.
  mutating func settle(_ key: SessionKey) {
    guard var session = sessions[key] else { return }
    for batch in session.possible { session.certain += batch }
    session.possible = []
    if let tags = session.possibleTags { session.tags.merge(tags) { $1 } }
    session.possibleTags = nil
    if session.mayBeFinished { session.isFinished = true }
    sessions[key] = session
  }

  mutating func settleAll() {
    for key in sessions.keys { settle(key) }
  }

  /// What is wrong with a store that was recovered; nil where nothing is.
  func problem(in core: StoreCore) throws -> String? {
    for (key, expected) in sessions.sorted(by: { $0.key < $1.key }) {
      let found = try core.exported(key)
      if expected.isErased {
        if !found.bytes.isEmpty { return "\(key): was erased and has \(found.bytes.count) bytes" }
        continue
      }
      if expected.mayBeGone, found.bytes.isEmpty { continue }
      if !found.gaps.isEmpty { return "\(key): declares \(found.gaps)" }
      guard expected.allowed.contains(found.bytes) else {
        return "\(key): \(found.bytes.count) bytes found, \(expected.certain.count) acknowledged, "
          + "\(expected.possible.map(\.count)) possible"
      }
      guard let summary = try core.summary(of: key) else {
        if expected.certain.isEmpty, expected.tags.isEmpty, !expected.isFinished { continue }
        return "\(key): is gone"
      }
      if summary.rawBytes != UInt64(found.bytes.count) {
        return "\(key): the summary has \(summary.rawBytes) raw bytes"
      }
      var tags = [expected.tags]
      if let more = expected.possibleTags { tags.append(expected.tags.merging(more) { $1 }) }
      if !tags.contains(summary.tags) { return "\(key): has tags \(summary.tags), not one of \(tags)" }
      if expected.isFinished, summary.finished == nil { return "\(key): is not finished" }
      if summary.finished != nil, !expected.isFinished, !expected.mayBeFinished { return "\(key): is finished" }
    }
    return nil
  }
}
