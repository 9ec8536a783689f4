/// Which sessions are kept, at which rate and for how long, and what bounds the whole.
///
/// Once a session is over and the recent window is past, the first rule whose conditions hold decides; where none does,
/// `otherwise`. The rule's `keep` is the share of its sessions that stay. Which ones these are is drawn from the session's
/// name, so that every node and every run comes to the same result. `init(json:)` describes the document form.
public struct Policy: Sendable {
  /// How long everything is kept before the rules decide, in hours since the last receipt, 0 to 876,000; nil:
  /// `Configuration.recentHours`.
  public var recentHours: Double?
  /// The rules in order, at most 100; the first whose conditions hold decides.
  public var rules: [Rule]
  /// Decides where no rule does. It has no conditions and its name is `default`, whatever is set.
  public var otherwise: Rule {
    didSet { otherwise = otherwise.asDefault }
  }
  /// What the store may take on the disk, bytes; nil: no bound.
  public var budgetBytes: UInt64?
  /// What each of these projects may take, bytes.
  public var projectBudgets: [String: UInt64]
  /// What must stay free on the volume, bytes.
  public var freeBytes: UInt64
  /// What decides, with a session's name, on whether it is drawn; 1 to 256 bytes. Stores of one salt keep the same
  /// sessions. Nil: the store's own, which is random and secret.
  public var salt: String?

  /// A policy from its parts; without any, everything is kept 30 days. Whether the values are within their limits is
  /// checked where the policy is set.
  public init(
    rules: [Rule] = [], otherwise: Rule = Rule(name: Rule.defaultName, keep: 1), recentHours: Double? = nil,
    budgetBytes: UInt64? = nil, projectBudgets: [String: UInt64] = [:], freeBytes: UInt64 = 1 << 30,
    salt: String? = nil
  ) {
    self.recentHours = recentHours
    self.rules = rules
    self.otherwise = otherwise.asDefault
    self.budgetBytes = budgetBytes
    self.projectBudgets = projectBudgets
    self.freeBytes = freeBytes
    self.salt = salt
  }

  /// Throws `.invalidPolicy` where a value is outside of its limits, with the words `init(json:)` has for it.
  package func check() throws(StoreError) {
    _ = try Policy(json: json)
  }
}

extension Policy: Hashable {
  /// Two policies are equal when their documents are, byte for byte: names of projects that Unicode holds to be
  /// equivalent are different names here as everywhere in the store.
  public static func == (a: Policy, b: Policy) -> Bool { a.json == b.json }

  /// Feeds the document to the hasher.
  public func hash(into hasher: inout Hasher) { hasher.combine(json) }
}
