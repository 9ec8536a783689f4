internal import SegmentFiles

/// Puts a policy in force and moves the days of packs that are there: a pure matter of the catalog.
///
/// All sessions of a pack were last received on one day and kept by one rule, so the day on which the pack expires
/// follows from its last receipt and the rule's retention alone. (Packs that never expire may be merged over days:
/// should their rule keep them for a number of days again, all of a pack stay as long as its newest.)
struct PolicyInstallation {
  let core: StoreCore

  func install(_ policy: Policy) throws(StoreError) -> PolicyChange {
    let today = Day.of(core.environment.clock.now())
    var change = PolicyChange()
    let after = try core.catalog.commit { state in
      let document = PolicyDocument(version: (state.policy?.version ?? 0) + 1, json: policy.json)
      let edits = Self.moves(state, from: core.policy(of: state), to: policy, today, &change)
      return [.policy(document)] + edits
    }
    core.settle(after)
    return change
  }

  static func moves(
    _ state: CatalogState, from before: Policy, to policy: Policy, _ today: UInt32, _ change: inout PolicyChange
  ) -> [CatalogEdit] {
    change = PolicyChange()
    var edits: [CatalogEdit] = []
    for pack in state.packs where pack.tier == .archive && pack.className != Policy.pinnedClass {
      guard let rule = policy.rule(named: pack.className) else {
        change.packsLeft += 1
        continue
      }
      let day = rule.retention.expiryDay(received: pack.lastReceived)
      if day != 0, day <= today { change.packsDue += 1 }
      if day == pack.expiryDay { continue }
      change.packsMoved += 1
      change.bytesMoved += pack.liveBytes
      edits.append(.setExpiry(pack.id, day))
    }
    return edits + holds(state, before, policy)
  }

  /// Sessions with a later part stay as long as that: by as much longer as any rule keeps longer now.
  private static func holds(_ state: CatalogState, _ before: Policy, _ policy: Policy) -> [CatalogEdit] {
    if state.holds.isEmpty { return [] }
    var longer: UInt32 = 0
    for rule in policy.rules + [policy.otherwise] {
      guard let old = before.rule(named: rule.name)?.retention, old != rule.retention else { continue }
      switch (old, rule.retention) {
      case (.days(let from), .days(let to)): longer = max(longer, UInt32(max(0, to - from)))
      case (.days, .forever): longer = .max
      case (.forever, _): break
      }
    }
    if longer == 0 { return [] }
    return state.holds.sorted { $0.key < $1.key }.map { key, day in
      .hold(key, longer == .max || day > .max - longer ? .max : day + longer)
    }
  }
}
