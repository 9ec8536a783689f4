internal import Logging
internal import SegmentFiles

/// Merges and promotes packs, in the writing process or beside it. Whoever calls it holds the maintenance lock.
final class Compactor: Sendable {
  let core: StoreCore
  /// Packs that could not be read: they are left alone until the store is opened again.
  private let setAside = Lock<Set<Identifier>>([])

  init(_ core: StoreCore) { self.core = core }

  /// The packs that may be rewritten.
  var packs: [PackFacts] {
    let aside = setAside.withLock { $0 }
    return core.contents.withLock { contents in
      // What is being erased from stays until that is done.
      contents.catalog.packs.filter { !aside.contains($0.id) && !contents.catalog.isBeingDestroyed($0.id) }
    }
  }

  /// Merges small packs, one run of them. Returns nil where there was nothing to do.
  func mergeOnce(_ control: MaintenanceControl) throws(StoreError) -> MaintenanceReport.Rewrite? {
    try attempt { () throws(StoreError) in
      guard let chosen = nextMerge() else { return nil }
      let placement = Placement(chosen[0])
      return try rewrite(chosen, .merge, control) { (_, _) throws(StoreError) in .copied(to: placement) }
    }
  }

  /// The packs that would be merged next.
  func nextMerge() -> [PackFacts]? {
    MergePlan.next(
      packs, packBytes: MergePlan.packBytes(core.configuration, core.policy), span: MergePlan.span(core.configuration))
  }

  /// Promotes the sessions of the oldest recent packs that are due: the policy decides on each. Returns nil where there was
  /// nothing to do.
  ///
  /// What is not due yet is copied as it is to a new recent pack; where that would be most of it, nothing is done yet.
  func promoteOnce(_ control: MaintenanceControl) throws(StoreError) -> MaintenanceReport.Rewrite? {
    try attempt { () throws(StoreError) in
      guard let plan = try nextPromotion() else { return nil }
      let round = PromotionRound(core, plan.rule, inputs: plan.names)
      let inputs = plan.names
      return try rewrite(plan.packs, .promotion, control, round.companion) { (key, parts) throws(StoreError) in
        guard self.isDue(key, parts, plan.rule, inputs) else { return .copied(to: Placement(tier: .recent)) }
        return try round.fate(of: key, parts)
      }
    }
  }

  struct PromotionPlan {
    var rule: PromotionRule
    var packs: [PackFacts]
    var names: Set<Identifier>
    var sessions = 0
    var dueBytes: UInt64 = 0
    /// How many of the sessions the policy leaves out, and what they take now.
    var dropped = 0
    var droppedBytes: UInt64 = 0
  }

  /// What would be promoted next, found by reading directories alone.
  func nextPromotion() throws(StoreError) -> PromotionPlan? {
    let rule = PromotionRule(now: core.environment.clock.now(), core.configuration, core.policy)
    let candidates = rule.candidates(packs)
    guard !candidates.isEmpty else { return nil }
    var plan = PromotionPlan(rule: rule, packs: candidates, names: Set(candidates.map(\.id)))
    let round = PromotionRound(core, rule, inputs: plan.names)
    var files: [PackFile] = []
    for facts in candidates { files.append(try core.packs.pack(facts)) }
    var sweep = try PackSweep(files)
    while let session = try sweep.next() {
      guard isDue(session.key, session.parts, rule, plan.names) else { continue }
      let bytes = session.parts.reduce(0) { $0 + $1.entry.storedBytes }
      let fate = try round.fate(of: session.key, session.parts)
      // Not to be decided on: it stays as it is.
      if case .copied = fate { continue }
      plan.sessions += 1
      plan.dueBytes += bytes
      if fate == .dropped {
        plan.dropped += 1
        plan.droppedBytes += bytes
      }
    }
    let all = candidates.reduce(0) { $0 + $1.liveStoredBytes }
    return plan.sessions > 0 && plan.dueBytes >= all / 2 ? plan : nil
  }

  private func isDue(
    _ key: SessionKey, _ parts: [PackedPart], _ rule: PromotionRule, _ inputs: Set<Identifier>
  ) -> Bool {
    let hasMore = core.hasCome(of: key, besides: inputs)
    return rule.isDue(parts.map(\.entry), hasMore: hasMore)
  }

  /// Rewrites packs and says what came of it.
  func rewrite(
    _ packs: [PackFacts], _ kind: MaintenanceReport.Rewrite.Kind, _ control: MaintenanceControl,
    _ companion: PackRewrite.Companion = .init(),
    _ fate: (_ key: SessionKey, _ parts: [PackedPart]) throws(StoreError) -> SegmentFate
  ) throws(StoreError) -> MaintenanceReport.Rewrite {
    let result = try PackRewrite(core, packs, control).run(companion, fate)
    let report = MaintenanceReport.Rewrite(
      kind: kind, packsRead: packs.count, packsWritten: result.made.count, sessions: result.sessions,
      sessionsRecompressed: result.recoded, sessionsDropped: result.dropped,
      rawBytes: packs.reduce(0) { $0 + $1.rawBytes },
      bytesBefore: packs.reduce(0) { $0 + $1.fileBytes }, bytesAfter: result.made.reduce(0) { $0 + $1.fileBytes })
    core.metrics.countRewrite(bytes: report.bytesAfter)
    if kind == .promotion {
      core.metrics.countPromotion(kept: result.recoded, dropped: result.dropped)
    }
    core.logger?.info(
      "packs rewritten",
      metadata: [
        "why": "\(kind)", "packs": "\(packs.count)", "made": "\(result.made.count)",
        "bytesBefore": "\(report.bytesBefore)", "bytesAfter": "\(report.bytesAfter)",
      ])
    return report
  }

  /// Runs a job, again without a pack that turns out to be damaged.
  func attempt(
    _ job: () throws(StoreError) -> MaintenanceReport.Rewrite?
  ) throws(StoreError) -> MaintenanceReport.Rewrite? {
    var conflicts = 0
    while true {
      let failure: StoreError
      do throws(StoreError) { return try job() } catch { failure = error }
      // Something was erased, pinned or committed meanwhile: what holds now is looked at.
      if failure.code == .conflict, conflicts < 16 {
        conflicts += 1
        try core.refreshAll()
        continue
      }
      guard failure.code == .damaged || failure.code == .notFound, let file = failure.location?.file,
        let pack = packs.first(where: { core.layout.relative(core.layout.pack($0.id)) == file })
      else { throw failure }
      setAside.withLock { _ = $0.insert(pack.id) }
      core.metrics.countDamages(1)
      core.logger?.error(
        "a damaged pack is left as it is", metadata: ["pack": "\(pack.id)", "error": "\(failure)"])
    }
  }
}
