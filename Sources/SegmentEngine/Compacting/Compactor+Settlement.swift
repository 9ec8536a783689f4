internal import SegmentFiles

extension Compactor {
  /// Moves sessions that lie where they do not belong: pinned ones that stay in a pack whose day has come, since their
  /// neighbours were destroyed there, and unpinned ones in packs of pinned ones. Returns nil where there is none.
  func settleOnce(_ control: MaintenanceControl) throws(StoreError) -> MaintenanceReport.Rewrite? {
    try attempt { () throws(StoreError) in
      let core = self.core
      let (now, state) = (core.environment.clock.now(), core.contents.withLock { $0.catalog })
      let sampling = Sampling(core.policy(of: state), storeSalt: state.samplingSalt)
      guard let pack = try self.nextSettlement(state, now, sampling) else { return nil }
      var leftBehind: [SessionKey] = []
      var companion = PackRewrite.Companion()
      companion.edits = { () throws(StoreError) in
        // What others acknowledged meanwhile, so that `check` sees it.
        try core.refreshAll()
        return []
      }
      companion.check = { (after) throws(StoreError) in
        guard after.pins == state.pins, after.holds == state.holds, after.policy == state.policy,
          !leftBehind.contains(where: { !after.isErased($0) && core.isElsewhere($0, than: [pack.id]) })
        else {
          throw StoreError(.conflict, "a pin or a session changed while sessions were moved", isRetryable: true)
        }
      }
      return try self.rewrite([pack], .settlement, control, companion) { (key, parts) throws(StoreError) in
        let fate = self.fate(of: key, parts, state, now, sampling)
        if fate == .dropped { leftBehind.append(key) }
        return fate
      }
    }
  }

  /// A pack with a session that belongs elsewhere.
  func nextSettlement(_ state: CatalogState, _ now: Double, _ sampling: Sampling) throws(StoreError) -> PackFacts? {
    let today = Day.of(now)
    for pack in packs where pack.tier == .archive {
      let isPinnedPlace = pack.className == Policy.pinnedClass
      guard isPinnedPlace || (pack.expiryDay != 0 && pack.expiryDay <= today) else { continue }
      let reader = try DirectoryReader(try core.packs.pack(pack))
      while let entry = try reader.next() {
        // In a pack whose day has come what is not held goes by expiry.
        if !isPinnedPlace, !state.isHeld(entry.session, at: now) { continue }
        let part = PackedPart(pack: pack, entry: entry)
        if fate(of: entry.session, [part], state, now, sampling) != .copied(to: Placement(pack)) { return pack }
      }
    }
    return nil
  }

  private func fate(
    of key: SessionKey, _ parts: [PackedPart], _ state: CatalogState, _ now: Double, _ sampling: Sampling
  ) -> SegmentFate {
    if state.isErased(key) { return .dropped }
    if state.isPinned(key, at: now) {
      return .copied(to: Placement(tier: .archive, className: Policy.pinnedClass))
    }
    let entry = parts.map(\.entry).max { $0.facts.lastReceived < $1.facts.lastReceived }
    let decision = sampling.follow(
      rule: entry?.rule ?? "", rate: entry?.rate ?? 1, lastReceived: entry?.facts.lastReceived ?? now)
    var placement = decision.placement(isPinned: false)
    if let held = state.holds[key], held > placement.expiryDay, placement.expiryDay != 0 {
      placement.expiryDay = held == .max ? 0 : held
    }
    // What has another part elsewhere goes with that, by expiry.
    if placement.expiryDay != 0, placement.expiryDay <= Day.of(now),
      !core.isElsewhere(key, than: Set(parts.map(\.pack.id)))
    {
      return .dropped
    }
    return .copied(to: placement)
  }
}
