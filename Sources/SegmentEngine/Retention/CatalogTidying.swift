internal import SegmentFiles

/// What the catalog need not remember any longer: pins and holds whose time is over, tombstones, old totals.
struct CatalogTidying {
  let core: StoreCore

  /// How long totals by day and rule are kept, days.
  static let totalDays: UInt32 = 400

  static func edits(_ state: CatalogState, _ now: Double) -> [CatalogEdit] {
    let today = Day.of(now)
    var edits: [CatalogEdit] = []
    for pin in state.pins.values.sorted(by: { $0.session < $1.session }) where pin.until != 0 && pin.until <= now {
      edits.append(.unpin(pin.session))
    }
    for hold in state.holds.sorted(by: { $0.key < $1.key }) where hold.value <= today {
      edits.append(.hold(hold.key, 0))
    }
    let isApplied =
      state.tombstones.values.allSatisfy { $0.commit <= state.erasureApplied } && state.destructions.isEmpty
    if isApplied, state.tombstones.values.contains(where: { $0.untilDay < today }) {
      edits.append(.forgetTombstones(today))
    }
    if today > totalDays, state.totals.hasDays(before: today - totalDays) {
      edits.append(.forgetTotals(today - totalDays))
    }
    return edits
  }

  func run() throws(StoreError) {
    let now = core.environment.clock.now()
    guard !Self.edits(core.catalog.state, now).isEmpty else { return }
    core.settle(try core.catalog.commit(.freeing) { state in Self.edits(state, now) })
  }
}
