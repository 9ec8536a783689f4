internal import Logging
internal import SegmentFiles

/// What one round of promotion decides on, session by session, and what is committed with it: lists of what is gone,
/// totals, holds. Holds against the policy and the pins that it was decided under.
final class PromotionRound {
  private let core: StoreCore
  private let rule: PromotionRule
  private let inputs: Set<Identifier>
  private let state: CatalogState
  private let sampling: Sampling
  private var gone: [GoneList.Entry] = []
  private var totals = RuleTotals()
  private var holds: [SessionKey: UInt32] = [:]
  private var dropped: [SessionKey] = []
  private var list: GoneFacts?

  init(_ core: StoreCore, _ rule: PromotionRule, inputs: Set<Identifier>) {
    self.core = core
    self.inputs = inputs
    self.rule = rule
    state = core.contents.withLock { $0.catalog }
    sampling = Sampling(core.policy(of: state), storeSalt: state.samplingSalt)
  }

  /// What becomes of a session that is due, given its segments in the packs of the round.
  ///
  /// Where a part of it in another pack cannot be read nothing is decided: it stays recent, as it is.
  func fate(of key: SessionKey, _ parts: [PackedPart]) throws(StoreError) -> SegmentFate {
    do throws(StoreError) { return try decide(key, parts) } catch {
      guard error.code == .damaged || error.code == .notFound else { throw error }
      core.logger?.error(
        "a session cannot be decided on", metadata: ["session": "\(key)", "error": "\(error)"])
      return .copied(to: Placement(tier: .recent))
    }
  }

  private func decide(_ key: SessionKey, _ parts: [PackedPart]) throws(StoreError) -> SegmentFate {
    // Erased, or let go before and sent on since.
    if core.refusal(of: key) != nil { return .dropped }
    guard let facts = SegmentFacts.joined(parts.map(\.entry.facts)) else { return .dropped }
    let earlier = try earlierPart(of: key, parts)
    let isPinned = state.isPinned(key, at: rule.now)
    let decision: SamplingDecision
    if let earlier {
      decision = sampling.follow(
        rule: earlier.entry.rule, rate: earlier.entry.rate, lastReceived: facts.lastReceived)
    } else {
      decision = sampling.decide(
        try lastFacts(of: key, parts), lastReceived: facts.lastReceived, isPinned: isPinned)
    }
    let leaving = leaving(decision, isPinned: isPinned, isFirst: earlier == nil)
    // One that goes on elsewhere is left out when it is over, with all its parts: until then it may yet turn out worth
    // keeping, and what is acknowledged meanwhile is not acknowledged for nothing.
    if leaving != nil, core.hasCome(of: key, besides: inputs) { return .copied(to: Placement(tier: .recent)) }
    if let earlier { hold(key, decision, earlier.pack) }
    totals.add(
      RuleTotal(facts, isKept: decision.isKept, isFirst: earlier == nil),
      to: .init(day: Day.of(facts.lastReceived), rule: decision.rule))
    if let leaving {
      dropped.append(key)
      gone.append(.init(hash: KeyHash.of(key), untilDay: leaving.untilDay, reason: leaving.reason))
      return .dropped
    }
    return .recoded(to: decision.placement(isPinned: isPinned), rule: decision.rule, rate: decision.rate)
  }

  /// Until when it is remembered that a session is gone, and why; nil where it stays.
  private func leaving(
    _ decision: SamplingDecision, isPinned: Bool, isFirst: Bool
  ) -> (untilDay: UInt32, reason: GoneList.Reason)? {
    switch decision.outcome {
    case .dropped(let day): (day, .dropped)
    // Nobody looked after the store for longer than it is kept. Where there is an earlier part this one joins it in the
    // archive, and expiry takes both.
    case .kept(_, let day) where isFirst && day != 0 && day <= Day.of(rule.now) && !isPinned: (day, .expired)
    case .kept: nil
    }
  }

  /// A part of the session that was decided on before.
  private func earlierPart(of key: SessionKey, _ parts: [PackedPart]) throws(StoreError) -> PackedPart? {
    if let own = parts.first(where: { !$0.entry.rule.isEmpty }) { return own }
    let index = try core.index()
    let found = index.find(KeyHash.of(key))
    guard found.count > parts.count else { return nil }
    for segment in found {
      guard let facts = index.packs[Int(segment.pack)], facts.tier == .archive else { continue }
      let pack = try core.packs.pack(facts)
      guard let entry = try pack.readEntry(offset: segment.offset, length: segment.length), entry.session == key,
        !entry.rule.isEmpty
      else { continue }
      return PackedPart(pack: facts, entry: entry)
    }
    return nil
  }

  /// All of a session goes together: the earlier part stays as long as this one.
  private func hold(_ key: SessionKey, _ decision: SamplingDecision, _ earlier: PackFacts) {
    let isPinned = earlier.className == Policy.pinnedClass
    guard case .kept(_, let day) = decision.outcome, earlier.expiryDay != 0 || isPinned else { return }
    if day == 0 || day > earlier.expiryDay { holds[key] = day == 0 ? .max : day }
  }

  /// The session as it is now: with what is in other packs and journals, and what other processes said of it since.
  private func lastFacts(of key: SessionKey, _ parts: [PackedPart]) throws(StoreError) -> PolicyFacts {
    let picture = try core.picture(of: key)
    let isAll = picture.packed.count == parts.count
    let summary = isAll ? core.summary(picture, parts) : try core.summary(of: key)
    guard let summary else { throw StoreError(.conflict, "a session was removed meanwhile", isRetryable: true) }
    return PolicyFacts(summary)
  }

  var companion: PackRewrite.Companion {
    PackRewrite.Companion(
      edits: { () throws(StoreError) in try self.edits() },
      check: { (state) throws(StoreError) in try self.check(state) },
      undo: {
        if let list = self.list { try? self.core.environment.files.unlink(self.core.layout.gone(list.id)) }
      })
  }

  private func edits() throws(StoreError) -> [CatalogEdit] {
    // What others acknowledged meanwhile, so that `check` sees it.
    try core.refreshAll()
    var edits: [CatalogEdit] = []
    if !gone.isEmpty {
      let facts = try GoneList(gone).install(core)
      list = facts
      edits.append(.addGone(facts))
    }
    edits += totals.edits
    edits += holds.sorted { $0.key < $1.key }.map { .hold($0.key, $0.value) }
    return edits
  }

  /// Holds only where nothing came since that could have decided otherwise: of the policy, of pins, of what was left out.
  private func check(_ now: CatalogState) throws(StoreError) {
    var isStale = now.policy != state.policy || dropped.contains { now.isPinned($0, at: rule.now) }
    if !dropped.isEmpty {
      isStale = isStale || now.applied != state.applied
      isStale = isStale || now.sessionEdits.contains { $0.commit > state.commit && dropped.contains($0.session) }
      isStale = isStale || dropped.contains { core.hasCome(of: $0, besides: inputs) }
    }
    if isStale {
      throw StoreError(
        .conflict, "the policy, a pin or a session changed while sessions were promoted", isRetryable: true)
    }
  }
}
