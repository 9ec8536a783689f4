internal import Logging
internal import SegmentFiles

/// Lets packs go whose day has come: by one commit and an `unlink` each; nothing is rewritten. All of a session goes
/// together, wherever its parts are, or a recording would be left without its beginning.
///
/// A pack with sessions that are pinned, or of which another part stays, stays for these alone: the others are destroyed in
/// place, and a settlement moves what is left. Called under the maintenance lock.
struct Expiry {
  let core: StoreCore

  /// A clock that stands further past the newest time in the catalog is not believed, milliseconds.
  static let clockSlack = 7 * Day.milliseconds

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
    // What others acknowledged until now goes on.
    try core.refreshAll()
    let now = core.environment.clock.now()
    var gone = MaintenanceReport.Departure(reason: .expiry)
    let planned = try plan(core.catalog.state, now)
    if !planned.whole.isEmpty {
      var dropped: [PackFacts] = []
      let after = try core.catalog.commit(.freeing) { (state) throws(StoreError) in
        // With the pins as they are now, under the lock.
        dropped = try plan(state, now).whole
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
    if !planned.partial.isEmpty { try destroyNeighbours(in: planned.partial, now, control, &gone) }
    guard gone.packs > 0 || gone.sessions > 0 else { return nil }
    core.metrics.count(.expired, gone.sessions)
    core.logger?.info(
      "expired", metadata: ["packs": "\(gone.packs)", "sessions": "\(gone.sessions)", "bytes": "\(gone.bytes)"])
    return gone
  }
}
