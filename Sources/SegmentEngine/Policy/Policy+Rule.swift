extension Policy {
  /// How long a session is kept, counted from the last receipt.
  public enum Retention: Sendable, Hashable {
    /// So many days, 1 to 36,500.
    case days(Int)
    /// Until it is erased, or a budget needs the room.
    case forever

    /// What holds where nothing else is said.
    static let usual = Retention.days(30)
  }

  /// How a session that is over came to its end.
  public enum SessionState: String, Sendable, Hashable, CaseIterable {
    /// Someone said that it is finished.
    case finished
    /// Nothing more came.
    case abandoned
  }

  /// Decides on the sessions that its conditions hold for.
  public struct Rule: Sendable, Hashable {
    /// The name of the rule that decides where no other does; no other may have it.
    public static let defaultName = "default"

    /// What it is called in listings and totals: 1 to 63 bytes without control characters, different from rule to rule.
    public var name: String
    /// Which sessions it is for.
    public var when: Conditions
    /// The share of them that is kept, 0 to 1.
    public var keep: Double
    /// How long those are kept.
    public var retention: Retention

    /// A rule from its parts. Without conditions it is for all sessions.
    public init(name: String, when: Conditions = Conditions(), keep: Double, retention: Retention = .days(30)) {
      self.name = name
      self.when = when
      self.keep = keep
      self.retention = retention
    }

    /// The same decision as the one for all that is left.
    var asDefault: Rule { Rule(name: Self.defaultName, keep: keep, retention: retention) }
  }
}

extension Policy {
  /// Sessions that are pinned lie in packs of their own, of this class: their time begins when they are unpinned. No rule
  /// has this name.
  static let pinnedClass = "(pinned)"
}
