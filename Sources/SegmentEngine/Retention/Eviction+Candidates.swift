internal import Logging
internal import SegmentFiles

extension Eviction {
  /// Sessions that are over and not pinned: all of the recent tier, and of the archive those that expire next, as many as
  /// are likely to be needed.
  func candidates(_ need: Need) throws(StoreError) -> [EvictionPlan.Candidate] {
    let now = core.environment.clock.now()
    let (state, index) = try core.indexed { contents, index in (contents.catalog, index) }
    let sampling = Sampling(core.policy(of: state), storeSalt: state.samplingSalt)
    var rule = PromotionRule(now: now, core.configuration, sampling.policy)
    rule.window = 0
    var files: [PackFile] = []
    for facts in Self.packs(state, need) {
      do throws(StoreError) {
        let pack = try core.packs.pack(facts)
        // What a snapshot shares would be taken out of it too, and free nothing.
        if try Destroyer.isShared(facts.id, core) { continue }
        // Read to its end once, so that one that is damaged keeps no other from being let go.
        let reader = try DirectoryReader(pack)
        while try reader.next() != nil {}
        files.append(pack)
      } catch {
        guard error.code == .notFound || error.code == .damaged else { throw error }
        core.logger?.warning(
          "a pack cannot be looked through for a budget", metadata: ["pack": "\(facts.id)", "error": "\(error)"])
      }
    }
    let names = Set(files.map(\.id))
    var found: [EvictionPlan.Candidate] = []
    var sweep = try PackSweep(files)
    while let (key, swept) = try sweep.next() {
      if state.isErased(key) || state.isPinned(key, at: now) { continue }
      var parts = swept
      // All of a session goes, wherever it is.
      if index.find(KeyHash.of(key)).count > parts.count {
        do throws(StoreError) { parts = try core.resolve(key).parts } catch {
          guard error.code == .notFound || error.code == .damaged else { throw error }
          continue
        }
        let others = Set(parts.map(\.pack.id)).subtracting(names)
        var isShared = false
        for pack in others where try Destroyer.isShared(pack, core) { isShared = true }
        if isShared { continue }
      }
      let isLive = core.contents.withLock { contents in
        contents.live[key].map { !$0.parts.isEmpty || $0.pending > 0 } ?? false
      }
      guard rule.isDue(parts.map(\.entry), hasMore: isLive), !isLive,
        let facts = SegmentFacts.joined(parts.map(\.entry.facts))
      else { continue }
      found.append(try candidate(key, parts, facts, sampling, index))
    }
    return found
  }

  /// The packs that are looked through.
  private static func packs(_ state: CatalogState, _ need: Need) -> [PackFacts] {
    let free = state.packs.filter { !state.isBeingDestroyed($0.id) && $0.className != Policy.pinnedClass }
    var chosen = free.filter { $0.tier == .recent }
    var left = 2 * need.bytes
    for pack in free.filter({ $0.tier == .archive }).sorted(by: {
      ($0.expiryDay == 0 ? .max : $0.expiryDay, $0.firstReceived) < (
        $1.expiryDay == 0 ? .max : $1.expiryDay, $1.firstReceived
      )
    }) {
      // What one project has is spread over all.
      if left == 0, need.projects.isEmpty { break }
      chosen.append(pack)
      left -= min(left, pack.liveBytes)
    }
    return chosen
  }

  private func candidate(
    _ key: SessionKey, _ parts: [PackedPart], _ facts: SegmentFacts, _ sampling: Sampling, _ index: SegmentIndex
  ) throws(StoreError) -> EvictionPlan.Candidate {
    let decided = parts.last { !$0.entry.rule.isEmpty }
    let decision: SamplingDecision
    if let decided {
      decision = sampling.follow(rule: decided.entry.rule, rate: decided.entry.rate, lastReceived: facts.lastReceived)
    } else if let summary = core.summary(try core.picture(of: key), parts) {
      decision = sampling.decide(PolicyFacts(summary), lastReceived: facts.lastReceived, isPinned: false)
    } else {
      decision = sampling.follow(rule: "", rate: 1, lastReceived: facts.lastReceived)
    }
    let stage: EvictionPlan.Candidate.Stage
    let untilDay: UInt32
    switch decision.outcome {
    case .dropped(let day): (stage, untilDay) = (.leftOut(facts.lastReceived), day)
    case .kept(_, let day):
      let own = decided?.pack.expiryDay ?? day
      stage = .kept(untilDay: own == 0 ? .max : own, facts.lastReceived)
      untilDay = own == 0 ? Day.expiry(received: facts.lastReceived, days: sampling.policy.longestRetentionDays) : own
    }
    let segments = parts.map { part in
      (pack: part.pack.id, segment: DoomedSegment(part.entry, at: part.entryRange))
    }
    return EvictionPlan.Candidate(
      stage: stage, bytes: parts.reduce(0) { $0 + $1.entry.length }, segments: segments, key: key, facts: facts,
      rule: decision.rule, untilDay: untilDay, isDecided: decided != nil)
  }
}
