internal import Logging
internal import SegmentFiles

/// Lets sessions go for a budget or for the floor of free space: destroyed in place, so that it needs no room, and their
/// pages given back. Packs of which nothing is left are unlinked. Each is logged, counted in the totals, and remembered.
/// Called under the maintenance lock.
struct Eviction {
  let core: StoreCore
  let projects: ProjectBytes

  /// Sessions that one commit lets go: more where they are so small that the commit would take what it gives, but never
  /// many, as each has pages of its own that go through the catalog.
  static let chunk = (sessions: 24, bytes: 512 << 10 as UInt64, most: 128)
  /// Rounds in a row that may free nothing that can be measured.
  static let patience = 3

  /// How many bytes are too many: in all, and by project.
  struct Need {
    var bytes: UInt64 = 0
    var projects: [ExactName: UInt64] = [:]
    var isEmpty: Bool { bytes == 0 && projects.isEmpty }
  }

  func need() throws(StoreError) -> Need {
    var need = Need(bytes: try core.pressure().excess)
    let budgets = core.policy.projectBudgets
    if budgets.isEmpty { return need }
    let sums = try projects.measure(core)
    for (project, budget) in budgets {
      let name = ExactName(project)
      let bytes = sums[name] ?? 0
      if bytes > budget { need.projects[name] = bytes - budget }
    }
    return need
  }

  /// What would go.
  func plan(_ need: Need) throws(StoreError) -> [EvictionPlan.Candidate] {
    if need.isEmpty { return [] }
    let all = try candidates(need)
    var chosen: [EvictionPlan.Candidate] = []
    var taken = Set<SessionKey>()
    for (project, bytes) in need.projects.sorted(by: { $0.key < $1.key }) {
      for candidate in EvictionPlan.choose(all.filter { ExactName($0.key.project) == project }, freeing: bytes) {
        if taken.insert(candidate.key).inserted { chosen.append(candidate) }
      }
    }
    let freed = chosen.reduce(0) { $0 + $1.bytes }
    if need.bytes > freed {
      chosen += EvictionPlan.choose(all.filter { !taken.contains($0.key) }, freeing: need.bytes - freed)
    }
    return chosen
  }

  /// Does it. Returns what went; nil where nothing had to or nothing may.
  func run(_ control: MaintenanceControl) throws(StoreError) -> MaintenanceReport.Departure? {
    var gone = MaintenanceReport.Departure(reason: .budget)
    defer { _ = try? core.gauge.measure(core) }
    var least = UInt64.max
    var fruitless = 0
    while true {
      try core.refreshAll()
      let need = try need()
      if need.isEmpty { break }
      // Bytes are estimated by segments, and pages are freed whole: it may take more rounds, but not many for nothing.
      let sum = need.projects.values.reduce(need.bytes, +)
      fruitless = sum < least ? 0 : fruitless + 1
      if fruitless == Self.patience { break }
      least = min(least, sum)
      let chosen = try plan(need)
      if chosen.isEmpty {
        core.logger?.warning(
          "over the budget, and nothing more may be let go", metadata: ["bytes": "\(sum)"])
        break
      }
      var rest = chosen[...]
      while !rest.isEmpty {
        try control.check()
        let part = Self.part(rest)
        try letGo(Array(part), control, &gone)
        rest = rest[part.endIndex...]
      }
      // What letting go took itself is not to be what is over the budget.
      do throws(StoreError) {
        _ = try GoneLists(core: core).tidy()
        try core.catalog.shrink()
      } catch { if error.code != .diskFull { throw error } }
    }
    return gone.sessions > 0 ? gone : nil
  }

  /// The first of some candidates, as many as one commit lets go.
  private static func part(_ rest: ArraySlice<EvictionPlan.Candidate>) -> ArraySlice<EvictionPlan.Candidate> {
    var bytes: UInt64 = 0
    var end = rest.startIndex
    while end < rest.endIndex {
      let count = end - rest.startIndex
      if count >= chunk.most || (count >= chunk.sessions && bytes >= chunk.bytes) { break }
      bytes += rest[end].bytes
      end += 1
    }
    return rest[..<end]
  }

  // MARK: Letting go

  func letGo(
    _ planned: [EvictionPlan.Candidate], _ control: MaintenanceControl, _ gone: inout MaintenanceReport.Departure
  ) throws(StoreError) {
    let destroyer = try Destroyer(core, control)
    defer { destroyer.release() }
    try core.refreshAll()
    let known = core.catalog.state
    let now = core.environment.clock.now()
    // What was erased, rewritten or sent on since it was chosen is left alone: the next round looks again.
    var chosen: [EvictionPlan.Candidate] = []
    for candidate in planned where try stands(candidate, destroyer, known) { chosen.append(candidate) }
    if chosen.isEmpty { return }
    var destroyed: [Identifier: [DoomedSegment]] = [:]
    for candidate in chosen {
      for (pack, segment) in candidate.segments { destroyed[pack, default: []].append(segment) }
    }
    // Of a pack that nothing is left of, the file goes at once.
    var emptied: [PackFacts] = []
    for pack in known.packs {
      guard let doomed = destroyed[pack.id] else { continue }
      if try destroyer.isEmpty(pack.id, but: Set(doomed.map(\.entryRange.lowerBound))) { emptied.append(pack) }
    }
    for pack in emptied { destroyed[pack.id] = nil }
    let destruction = try Destruction(core.environment.newIdentifier(), .eviction, destroyed, destroyer)
    let list = GoneList(
      chosen.map { candidate in
        var reason = GoneList.Reason.evicted
        if case .leftOut = candidate.stage { reason = .dropped }
        return .init(hash: KeyHash.of(candidate.key), untilDay: candidate.untilDay, reason: reason)
      })
    let facts: GoneFacts
    do throws(StoreError) { facts = try list.install(core) } catch {
      // The reserve is there for this.
      guard error.code == .diskFull, Reserve.release(core.environment, core.layout) else { throw error }
      facts = try list.install(core)
    }
    do throws(StoreError) {
      core.settle(
        try core.catalog.commit(.freeing) { state throws(StoreError) in
          let isStale = chosen.contains {
            state.isPinned($0.key, at: now) || core.hasCome(of: $0.key, besides: Set($0.segments.map(\.pack)))
          }
          guard state.packs == known.packs, state.policy == known.policy, !isStale else {
            throw StoreError(.conflict, "packs or pins changed while a budget was kept", isRetryable: true)
          }
          return [.addGone(facts)] + emptied.map { .removePack($0.id) }
            + (destruction.packs.isEmpty ? [] : [.destroy(destruction)]) + Self.totals(chosen)
        })
    } catch {
      if error.code == .diskFull || error.code == .conflict {
        try? core.environment.files.unlink(core.layout.gone(facts.id))
      }
      if error.code == .conflict { return }
      throw error
    }
    core.packs.close(emptied.map(\.id))
    for pack in emptied { try? core.environment.files.unlink(core.layout.pack(pack.id)) }
    if !destruction.packs.isEmpty { try destroyer.carryOut(destruction, control) }
    core.metrics.count(.evicted, chosen.count)
    gone.packs += emptied.count
    gone.sessions += chosen.count
    gone.bytes += chosen.reduce(0) { $0 + $1.bytes }
    for candidate in chosen {
      core.logger?.notice(
        "let go for a budget",
        metadata: [
          "session": "\(candidate.key)", "rule": "\(candidate.rule)", "bytes": "\(candidate.bytes)",
          "lastReceived": "\(ISO8601.text(candidate.facts.lastReceived))",
        ])
    }
  }

  /// Whether a session is where and what it was when it was chosen, and nothing came of it since.
  private func stands(
    _ candidate: EvictionPlan.Candidate, _ destroyer: Destroyer, _ state: CatalogState
  ) throws(StoreError) -> Bool {
    guard core.refusal(of: candidate.key) == nil,
      !core.hasCome(of: candidate.key, besides: Set(candidate.segments.map(\.pack)))
    else { return false }
    for (pack, segment) in candidate.segments {
      guard state.packs.contains(where: { $0.id == pack }), try destroyer.stands(segment, in: pack) else {
        return false
      }
    }
    return true
  }

  private static func totals(_ chosen: [EvictionPlan.Candidate]) -> [CatalogEdit] {
    var totals = RuleTotals()
    for candidate in chosen {
      var isLeftOut = false
      if case .leftOut = candidate.stage { isLeftOut = true }
      // What was decided on is counted already.
      var total = candidate.isDecided ? RuleTotal() : RuleTotal(candidate.facts, isKept: !isLeftOut, isFirst: true)
      total.evicted = isLeftOut ? 0 : 1
      totals.add(total, to: .init(day: Day.of(candidate.facts.lastReceived), rule: candidate.rule))
    }
    return totals.edits
  }
}
