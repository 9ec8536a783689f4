/// Numbers of sessions, and of what they hold.
public struct SessionSums: Sendable, Hashable {
  /// Sessions.
  public var sessions = 0.0
  /// Events.
  public var events = 0.0
  /// Clicks.
  public var clicks = 0.0
  /// Errors.
  public var errors = 0.0
  /// NDJSON, bytes.
  public var rawBytes = 0.0
  /// Frames in packs, bytes.
  public var storedBytes = 0.0
}

/// What the sessions that a rule kept say of all that it decided on: a sample, of which each session stands for 1/rate.
///
/// The estimates are unbiased: the sum of what was kept, each divided by the probability with which it was (Horvitz and
/// Thompson, 1952). What is pinned was kept in any case and stands for itself.
public struct SampleEstimate: Sendable, Hashable {
  /// The rule; empty for sessions that nothing is decided of yet, which are all there.
  public var rule: String
  /// What is in the store.
  public var kept = SessionSums()
  /// What there was, about.
  public var estimated = SessionSums()
  /// One standard error of that.
  public var standardError = SessionSums()
}

/// What a rule of the policy decided on, of the sessions of one day: the true numbers, which outlive the sessions.
public struct DecisionTotal: Sendable, Hashable {
  /// Start of the day (UTC) of the sessions' last receipt.
  public var day: Timestamp
  /// The rule.
  public var rule: String
  /// Sessions that were decided on.
  public var sessions: UInt64
  /// How many of them were kept.
  public var kept: UInt64
  /// How many of those kept a budget let go early.
  public var evicted: UInt64
  /// Events of all that were decided on.
  public var events: UInt64
  /// Their clicks.
  public var clicks: UInt64
  /// Their errors.
  public var errors: UInt64
  /// Their NDJSON, bytes.
  public var rawBytes: UInt64
}
