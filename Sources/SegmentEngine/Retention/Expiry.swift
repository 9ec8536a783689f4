internal import Logging
internal import SegmentFiles

/// Lets packs go whose day has come: by one commit and an `unlink` each; nothing is rewritten.
///
/// A pack with sessions that are pinned, or held because a later part of them stays longer, stays for these alone: the
/// others are destroyed in place, and a settlement moves what is left. Called under the maintenance lock.
struct Expiry {
  let core: StoreCore

  /// A clock that stands further past the newest time in the catalog is not believed, milliseconds.
  static let clockSlack = 7 * Day.milliseconds

  /// What would go now.
  struct Plan {
    var whole: [PackFacts] = []
    /// Packs of which something is held.
    var partial: [PackFacts] = []
  }

  func plan(_ state: CatalogState, _ now: Double) -> Plan {
    let today = Day.of(now)
    let due = state.packs.filter {
      $0.expiryDay != 0 && $0.expiryDay <= today && !state.isBeingDestroyed($0.id)
    }
    if due.isEmpty { return Plan() }
    let held = heldPacks(state, now)
    return Plan(whole: due.filter { !held.contains($0.id) }, partial: due.filter { held.contains($0.id) })
  }

  /// The packs that hold something of a session that must stay.
  func heldPacks(_ state: CatalogState, _ now: Double) -> Set<Identifier> {
    let index = core.contents.withLock { $0.index }
    var held = Set<Identifier>()
    for key in Set(state.pins.keys).union(state.holds.keys) where state.isHeld(key, at: now) {
      for segment in index.find(KeyHash.of(key)) {
        if let pack = index.packs[Int(segment.pack)] { held.insert(pack.id) }
      }
    }
    return held
  }

  /// Throws `.clockAhead` where the clock cannot be right: what is let go by a wrong clock is gone.
  static func checkClock(_ state: CatalogState, _ now: Double) throws(StoreError) {
    let newest = state.newestTime
    guard now > newest + clockSlack else { return }
    throw StoreError(
      .clockAhead,
      "the clock says \(ISO8601.text(now)), and nothing in the store is newer than \(ISO8601.text(newest)): nothing is let go or decided on; look at the clock, or use --force"
    )
  }

  /// Does it. Returns what went.
  func run(_ control: MaintenanceControl) throws(StoreError) -> MaintenanceReport.Departure? {
    try core.refreshCatalog()
    let now = core.environment.clock.now()
    var gone = MaintenanceReport.Departure(reason: .expiry)
    let planned = plan(core.catalog.state, now)
    if !planned.whole.isEmpty {
      var dropped: [PackFacts] = []
      let after = try core.catalog.commit(.freeing) { state in
        // With the pins as they are now, under the lock.
        dropped = plan(state, now).whole
        return dropped.map { .removePack($0.id) }
      }
      core.settle(after)
      core.packs.close(dropped.map(\.id))
      for pack in dropped {
        // What cannot be unlinked now is an orphan: the next writer removes it.
        try? core.environment.files.unlink(core.layout.pack(pack.id))
        gone.packs += 1
        gone.sessions += Int(clamping: pack.liveSegments)
        gone.bytes += pack.liveBytes
      }
    }
    for pack in planned.partial {
      try control.check()
      do throws(StoreError) { try destroyNeighbours(in: pack, now, control, &gone) } catch {
        // Looked at again by the next run; what else there is does not wait for it.
        guard [.damaged, .notFound, .conflict].contains(error.code) else { throw error }
        core.logger?.warning(
          "a pack beside pinned sessions did not expire", metadata: ["pack": "\(pack.id)", "error": "\(error)"])
      }
    }
    guard gone.packs > 0 || gone.sessions > 0 else { return nil }
    core.metrics.count(.expired, gone.sessions)
    core.logger?.info(
      "expired", metadata: ["packs": "\(gone.packs)", "sessions": "\(gone.sessions)", "bytes": "\(gone.bytes)"])
    return gone
  }

  private func destroyNeighbours(
    in pack: PackFacts, _ now: Double, _ control: MaintenanceControl, _ gone: inout MaintenanceReport.Departure
  ) throws(StoreError) {
    // A snapshot that shares it keeps what it has: a settlement leaves behind what is not held.
    if try Destroyer.isShared(pack.id, core) { return }
    let destroyer = try Destroyer(core, control)
    defer { destroyer.release() }
    var all: [DoomedSegment] = []
    let state = core.catalog.state
    let reader = try DirectoryReader(try core.packs.pack(pack))
    while let entry = try reader.next() {
      if state.isHeld(entry.session, at: now) { continue }
      all.append(DoomedSegment(entry, at: reader.entry))
    }
    var rest = all[...]
    while !rest.isEmpty {
      let doomed = Array(rest.prefix(Self.chunk))
      rest = rest.dropFirst(doomed.count)
      try destroy(doomed, in: pack, state, destroyer, control, &gone)
    }
  }

  /// Neighbours that one commit destroys: their pages have to go through the catalog.
  private static let chunk = 256

  private func destroy(
    _ doomed: [DoomedSegment], in pack: PackFacts, _ state: CatalogState, _ destroyer: Destroyer,
    _ control: MaintenanceControl, _ gone: inout MaintenanceReport.Departure
  ) throws(StoreError) {
    let destruction = try Destruction(core.environment.newIdentifier(), .expiry, [pack.id: doomed], destroyer)
    core.settle(
      try core.catalog.commit(.freeing) { after throws(StoreError) in
        guard after.pins == state.pins, after.holds == state.holds, after.packs.contains(where: { $0.id == pack.id })
        else {
          throw StoreError(.conflict, "a pin changed while a pack expired", isRetryable: true)
        }
        return [.destroy(destruction)]
      })
    try destroyer.carryOut(destruction, control)
    gone.sessions += doomed.count
    gone.bytes += doomed.reduce(0) { $0 + $1.erased.length }
  }
}
