/// What a policy decides of a session that is over: once, on its last facts.
struct SamplingDecision: Sendable, Hashable {
  /// What becomes of it.
  enum Outcome: Sendable, Hashable {
    /// Kept at a rate, in packs of the rule's class that expire on a day; 0: never.
    case kept(rate: Double, expiryDay: UInt32)
    /// Left out; remembered up to a day.
    case dropped(untilDay: UInt32)
  }

  var rule: String
  var outcome: Outcome

  var isKept: Bool { if case .kept = outcome { true } else { false } }
  /// The rate it is kept at; 0 where it is left out.
  var rate: Double { if case .kept(let rate, _) = outcome { rate } else { 0 } }

  /// Where it goes.
  func placement(isPinned: Bool) -> Placement {
    if isPinned { return Placement(tier: .archive, className: Policy.pinnedClass) }
    guard case .kept(_, let day) = outcome else { return Placement(tier: .archive, className: rule) }
    return Placement(tier: .archive, className: rule, expiryDay: day)
  }
}

/// One policy at one moment: a pure function from a session's facts to what becomes of it.
struct Sampling: Sendable {
  let policy: Policy
  private let draw: SamplingDraw

  init(_ policy: Policy, storeSalt: Identifier) {
    self.policy = policy
    draw = SamplingDraw(policy: policy, storeSalt: storeSalt)
  }

  /// Decides on a session that nothing was decided of yet. A pinned one is kept whatever the draw says, and counts for
  /// itself alone: it would have been kept in any case.
  func decide(_ facts: PolicyFacts, lastReceived: Double, isPinned: Bool) -> SamplingDecision {
    let rule = policy.rule(for: facts)
    if !isPinned, !draw.keeps(facts.key, rate: rule.keep) {
      let until = rule.retention.expiryDay(received: lastReceived)
      return SamplingDecision(
        rule: rule.name,
        outcome: .dropped(
          untilDay: until == 0 ? Day.expiry(received: lastReceived, days: policy.longestRetentionDays) : until))
    }
    return SamplingDecision(
      rule: rule.name,
      outcome: .kept(
        rate: isPinned ? 1 : rule.keep, expiryDay: rule.retention.expiryDay(received: lastReceived)))
  }

  /// What holds for a later part of a session, given what was decided of the earlier ones.
  func follow(rule name: String, rate: Double, lastReceived: Double) -> SamplingDecision {
    let retention = policy.rule(named: name)?.retention ?? policy.otherwise.retention
    return SamplingDecision(
      rule: name, outcome: .kept(rate: rate, expiryDay: retention.expiryDay(received: lastReceived)))
  }
}
