internal import SegmentFiles

/// Decides on every packed session as a policy would, and adds up what would stay. Changes nothing.
struct PolicyTrial {
  let core: StoreCore
  let policy: Policy

  func run() throws(StoreError) -> PolicyEvaluation {
    let state = core.contents.withLock { $0.catalog }
    let sampling = Sampling(policy, storeSalt: state.samplingSalt)
    let now = core.environment.clock.now()
    var rows = (policy.rules + [policy.otherwise]).map { rule in
      PolicyEvaluation.Row(rule: rule.name, keep: rule.keep, retentionDays: rule.retention.days)
    }
    var places: [String: Int] = [:]
    for (place, row) in rows.enumerated() { places[row.rule] = place }
    var pinned = 0
    var files: [PackFile] = []
    for facts in state.packs where !state.isBeingDestroyed(facts.id) {
      do throws(StoreError) {
        let pack = try core.packs.pack(facts)
        let reader = try DirectoryReader(pack)
        while try reader.next() != nil {}
        files.append(pack)
      } catch {
        // Its sessions are not among those that are decided on; verify tells of it.
        guard error.code == .notFound || error.code == .damaged else { throw error }
      }
    }
    var sweep = try PackSweep(files)
    while let (key, parts) = try sweep.next() {
      guard !state.isErased(key), let summary = core.summary(try core.picture(of: key), parts),
        let facts = SegmentFacts.joined(parts.map(\.entry.facts))
      else { continue }
      let stored = parts.reduce(0) { $0 + $1.entry.storedBytes }
      let isPinned = state.isPinned(key, at: now)
      if isPinned { pinned += 1 }
      let decision = sampling.decide(
        PolicyFacts(summary), lastReceived: summary.lastReceived.millisecondsSince1970, isPinned: isPinned)
      guard let place = places[decision.rule] else { continue }
      rows[place].all.add(facts, stored: stored, weight: 1)
      guard case .kept(let rate, _) = decision.outcome else { continue }
      rows[place].kept.add(facts, stored: stored, weight: 1)
      rows[place].estimated.add(facts, stored: stored, weight: 1 / rate)
      rows[place].standardError.addVariance(facts, stored: stored, rate: rate)
    }
    for place in rows.indices { rows[place].standardError.takeRoots() }
    return PolicyEvaluation(rows: rows, pinned: pinned)
  }
}

extension Policy.Retention {
  /// Days; nil: for ever.
  var days: Int? { if case .days(let days) = self { days } else { nil } }
}
