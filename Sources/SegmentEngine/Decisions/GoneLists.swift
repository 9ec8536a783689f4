internal import SegmentFiles

/// Looks after the lists of gone sessions. Called under the maintenance lock.
struct GoneLists {
  let core: StoreCore

  /// More lists than this are made one, so that looking a session up stays cheap.
  static let most = 8

  /// Drops lists that nothing of is remembered any longer, and makes many one. Returns whether anything was done.
  func tidy() throws(StoreError) -> Bool {
    let today = Day.of(core.environment.clock.now())
    let all = core.catalog.state.gone
    let past = all.filter { $0.lastDay < today }
    let left = all.filter { $0.lastDay >= today }
    var merged: GoneFacts?
    var replaced: [GoneFacts] = []
    if left.count > Self.most, left.reduce(0, { $0 + $1.entries }) < UInt64(GoneList.limit) {
      var entries: [GoneList.Entry] = []
      for facts in left {
        do throws(StoreError) {
          entries += try GoneList.read(
            facts, store: core.catalog.state.store, core.environment, core.layout
          ).entries.filter { $0.untilDay >= today }
          replaced.append(facts)
        } catch {
          // Stays as it is, for verify to tell.
          guard error.code == .damaged || error.code == .notFound else { throw error }
        }
      }
      if !entries.isEmpty { merged = try GoneList(entries).install(core) }
    }
    let dropped = past + replaced
    if dropped.isEmpty { return false }
    do throws(StoreError) {
      core.settle(
        try core.catalog.commit(.freeing) { _ in
          dropped.map { .removeGone($0.id) } + (merged.map { [.addGone($0)] } ?? [])
        })
    } catch {
      if error.code == .diskFull || error.code == .conflict, let merged {
        try? core.environment.files.unlink(core.layout.gone(merged.id))
      }
      throw error
    }
    for facts in dropped { try? core.environment.files.unlink(core.layout.gone(facts.id)) }
    return true
  }
}
