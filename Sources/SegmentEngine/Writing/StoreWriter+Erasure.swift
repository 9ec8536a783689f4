internal import SegmentFiles

extension StoreWriter {
  /// Whether the catalog names erasures that the journals do not know yet.
  var hasErasures: Bool {
    core.contents.withLock { contents in
      contents.catalog.tombstones.values.contains { $0.commit > contents.catalog.erasureApplied }
    }
  }

  /// Takes what was erased out of the journals. Waits for a flush that is under way.
  func applyErasures() throws(StoreError) {
    try flushing.withLock { (_) throws(StoreError) in try eraseFromJournals() }
  }

  /// The same with the flush held back. Only the process that writes touches journals:
  ///
  /// 1. the tombstones are known to this process, and groups that began before they were are through: from here on nothing
  ///    more of these sessions is written; 2. all journals, those kept aside and those left behind too, are searched;
  /// 3. a commit names the records; 4. they are overwritten and synced, and the live sessions forget them; 5. another
  ///    commit says that it is done.
  func eraseFromJournals() throws(StoreError) {
    try core.refreshCatalog()
    guard hasErasures else { return }
    // An eraser that waits for this has let go of it.
    let destroyer = try Destroyer(core)
    defer { destroyer.release() }
    let state = core.contents.withLock { $0.catalog }
    let newest = state.tombstones.values.map(\.commit).max() ?? 0
    guard newest > state.erasureApplied else { return }
    let active = self.state.withLock { state in state.journal.map { ($0.header.id, $0.end) } }
    try JournalErasure(core: core, active: active).run(state, destroyer)
    core.contents.withLock { contents in contents.live.remove { state.isErased($0) } }
    core.settle(
      try core.catalog.commit(.freeing) { now in now.erasureApplied < newest ? [.erasureApplied(newest)] : [] })
  }
}
