/// What putting a policy in force did to what is stored.
public struct PolicyChange: Sendable, Hashable {
  /// Packs whose day of expiry was moved, without rewriting them.
  public var packsMoved = 0
  /// What these take.
  public var bytesMoved: UInt64 = 0
  /// Packs that the policy lets expire at the next maintenance: their new day is past.
  public var packsDue = 0
  /// Packs of rules that the policy does not have: their day stays as it was.
  public var packsLeft = 0
}

/// What a policy would make of the sessions in a store.
public struct PolicyEvaluation: Sendable, Hashable {
  /// One rule, in the order of the policy; the default rule last.
  public struct Row: Sendable, Hashable {
    /// The rule's name.
    public var rule: String
    /// The rate it keeps at.
    public var keep: Double
    /// How long; nil: for ever.
    public var retentionDays: Int?
    /// All sessions that it matches.
    public var all = SessionSums()
    /// Those that would be kept.
    public var kept = SessionSums()
    /// What those let one estimate of all: each counted 1/rate times. Unbiased, over the random choice of the salt.
    public var estimated = SessionSums()
    /// The standard error of the estimated number of sessions, clicks and errors.
    public var standardError = SessionSums()
  }

  /// The rules.
  public var rows: [Row]
  /// Sessions that are pinned, and so kept in any case.
  public var pinned = 0
}
