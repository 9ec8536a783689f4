internal import SegmentFiles

extension Eraser {
  /// Erases in a snapshot: packs that it shares are done, but it has journals, a catalog, and packs that the store no longer
  /// names. One that is gone is forgotten; one that cannot be reached is told.
  mutating func eraseIn(
    _ snapshot: SnapshotFacts, _ target: ErasureTarget, _ sessions: [SessionKey], _ receipt: inout ErasureFacts
  ) {
    do throws(StoreError) {
      guard let other = try opened(snapshot) else {
        // Removed for good, or on a volume that is away: it is asked for again as long as it may come back.
        if core.environment.clock.now() - snapshot.time > Self.snapshotMemory {
          core.settle(try core.catalog.commit { _ in [.forgetSnapshot(snapshot.id)] })
        } else {
          limits.append("the snapshot at \(snapshot.path) is not there: if it comes back, erase again")
        }
        return
      }
      var search = ErasureSearch(other, control)
      var all = Set(sessions)
      // What only the snapshot has goes too; what the store still has and did not mean stays.
      for session in try search.sessions(of: target) where try !isAnywhere(session, core) { all.insert(session) }
      let found = all.sorted()
      var eraser = Eraser(other, writer: nil, origin: core.layout, control)
      var start = 0
      var touched = (packs: Set<Identifier>(), journals: Set<Identifier>())
      var own = receipt
      own.id = other.environment.newIdentifier()
      (own.sessions, own.segments, own.records, own.bytes, own.packs, own.journals) = (0, 0, 0, 0, 0, 0)
      while start < found.count {
        let chunk = Array(found[start..<min(found.count, start + Self.chunk)])
        start += chunk.count
        try eraser.erase(chunk, &own, &touched)
      }
      let state = other.catalog.state
      let destroyer = try Destroyer(other, lockLayout: core.layout)
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

  /// How long a snapshot that is not where it was put is thought to be away only, milliseconds.
  private static var snapshotMemory: Double { 90 * Day.milliseconds }

  /// A snapshot, opened for erasing in it; nil where it is no longer there.
  func opened(_ snapshot: SnapshotFacts) throws(StoreError) -> StoreCore? {
    let layout = Layout(root: snapshot.path)
    let facts = try inStore(layout) { () throws(FileError) in try core.environment.files.facts(at: layout.catalog) }
    if facts == nil { return nil }
    let other = try StoreCore.openForReading(layout, core.configuration, core.environment)
    // Another store may stand in its place by now.
    let isIt = other.catalog.state.store == core.catalog.state.store && other.catalog.state.snapshotTime != 0
    return isIt ? other : nil
  }
}
