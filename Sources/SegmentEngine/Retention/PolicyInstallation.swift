internal import SegmentFiles

/// Puts a policy in force and moves the days of packs that are there: a pure matter of the catalog.
///
/// All sessions of a pack were last received on one day and kept by one rule, so the day on which the pack expires follows from
/// its last receipt and the rule's retention alone.
struct PolicyInstallation {
  let core: StoreCore

  func install(_ policy: Policy) throws(StoreError) -> PolicyChange {
    let today = Day.of(core.environment.clock.now())
    var change = PolicyChange()
    let after = try core.catalog.commit { state in
      let document = PolicyDocument(version: (state.policy?.version ?? 0) + 1, json: policy.json)
      let edits = Self.moves(state, policy, today, &change)
      return [.policy(document)] + edits
    }
    core.settle(after)
    return change
  }

  static func moves(
    _ state: CatalogState, _ policy: Policy, _ today: UInt32, _ change: inout PolicyChange
  ) -> [CatalogEdit] {
    change = PolicyChange()
    var edits: [CatalogEdit] = []
    for pack in state.packs where pack.tier == .archive && pack.className != SamplingDecision.pinnedClass {
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
    return edits
  }
}
