/// The facts of a session that rules look at.
package struct PolicyFacts: Sendable, Hashable {
  /// Which session.
  package var key: SessionKey
  /// Errors reported.
  package var errors: UInt64
  /// Number of events.
  package var events: UInt64
  /// Bytes of NDJSON as they came.
  package var rawBytes: UInt64
  /// From the first plausible timestamp to the last; 0 where there is none.
  package var durationMilliseconds: Double
  /// How long the visitor was active.
  package var activeMilliseconds: UInt64
  /// Addresses of the pages visited.
  package var pages: [String]
  /// Tags set on it.
  package var tags: [String: String]
  /// Someone said that the session is finished.
  package var isFinished: Bool

  package init(
    key: SessionKey, errors: UInt64 = 0, events: UInt64 = 0, rawBytes: UInt64 = 0, durationMilliseconds: Double = 0,
    activeMilliseconds: UInt64 = 0, pages: [String] = [], tags: [String: String] = [:], isFinished: Bool = false
  ) {
    self.key = key
    self.errors = errors
    self.events = events
    self.rawBytes = rawBytes
    self.durationMilliseconds = durationMilliseconds
    self.activeMilliseconds = activeMilliseconds
    self.pages = pages
    self.tags = tags
    self.isFinished = isFinished
  }

  package init(_ summary: SessionSummary) {
    self.init(
      key: summary.key, errors: summary.errors, events: summary.events, rawBytes: summary.rawBytes,
      durationMilliseconds: summary.durationMilliseconds, activeMilliseconds: summary.activeMilliseconds,
      pages: summary.pages, tags: summary.tags, isFinished: summary.finished != nil)
  }
}
