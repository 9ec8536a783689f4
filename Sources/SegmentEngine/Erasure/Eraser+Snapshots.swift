internal import SegmentFiles

extension Eraser {
  /// Erases in a snapshot: packs that it shares are done, but it has journals, a catalog, and packs that the store no longer
  /// names. One that is gone is forgotten; one that cannot be reached is told.
  mutating func eraseIn(
    _ snapshot: SnapshotFacts, _ target: ErasureTarget, _ sessions: [SessionKey], _ receipt: inout ErasureFacts
  ) {
    let layout = Layout(root: snapshot.path)
    do throws(StoreError) {
      let facts = try inStore(layout) { () throws(FileError) in try core.environment.files.facts(at: layout.catalog) }
      guard facts != nil else {
        core.settle(try core.catalog.commit { _ in [.forgetSnapshot(snapshot.id)] })
        return
      }
      let other = try StoreCore.openForReading(layout, core.configuration, core.environment)
      guard other.catalog.state.store == core.catalog.state.store, other.catalog.state.snapshotTime != 0 else {
        core.settle(try core.catalog.commit { _ in [.forgetSnapshot(snapshot.id)] })
        return
      }
      var search = ErasureSearch(other, control)
      let all = Set(sessions).union(try search.sessions(of: target)).sorted()
      let eraser = Eraser(other, writer: nil, control)
      var start = 0
      var touched = (packs: Set<Identifier>(), journals: Set<Identifier>())
      var own = receipt
      own.id = other.environment.newIdentifier()
      while start < all.count {
        let chunk = Array(all[start..<min(all.count, start + Self.chunk)])
        start += chunk.count
        try eraser.erase(chunk, &own, &touched)
      }
      let state = other.catalog.state
      let destroyer = try Destroyer(other)
      defer { destroyer.release() }
      try JournalErasure(core: other).run(state, destroyer)
      own.isDone = true
      let done = own
      let newest = state.tombstones.values.map(\.commit).max() ?? 0
      try other.catalog.commit { _ in [.erasureApplied(newest), .receipt(done)] }
      limits += eraser.limits
    } catch {
      limits.append("the snapshot at \(snapshot.path) could not be reached: \(error.message)")
    }
  }
}
