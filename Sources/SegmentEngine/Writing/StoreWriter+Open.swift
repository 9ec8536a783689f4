internal import Logging
internal import SegmentFiles

extension StoreWriter {
  /// Opens a store for ingest, making it where there is none.
  ///
  /// Recovery reads the catalog and the journals that are not flushed:
  /// 1. the writer lock is taken, then the catalog opened (or made);
  /// 2. what an erasure left half done is done again; each journal that was not sealed is read to its last whole group
  ///    and made durable, since after a mere crash of the process that group may be in the page cache only;
  /// 3. one commit seals them, removes those without a record, and starts a new epoch;
  /// 4. files that the catalog does not name are removed, if no one else may be making them.
  ///
  /// Doing it twice, or crashing anywhere in it and doing it again, gives the same store.
  package static func open(
    _ layout: Layout, _ configuration: Configuration, _ environment: StoreEnvironment
  ) throws(StoreError) -> StoreWriter {
    try makeFolders(layout, environment)
    prefetch(layout, environment)
    let lock = try HeldLock.take(layout.writerLock, for: "writing", environment, layout)
    do throws(StoreError) {
      let catalog: Catalog
      do { catalog = try Catalog.open(environment, layout) } catch  where error.code == .notFound {
        catalog = try Catalog.create(environment, layout)
      }
      guard catalog.state.snapshotTime == 0 else { throw StoreError.snapshotIsReadOnly(layout) }
      let core = StoreCore(environment, layout, configuration, catalog, isWriting: true)
      let writer = StoreWriter(core, lock)
      try writer.recover()
      return writer
    } catch {
      lock.release()
      throw error
    }
  }

  /// Has the system read at once what opening reads, or writes a part of, one after the other: where none of it is in memory
  /// that costs the time of one and not of four.
  private static func prefetch(_ layout: Layout, _ environment: StoreEnvironment) {
    for path in [layout.catalog, layout.catalogLock, layout.writerLock, layout.durable] {
      (try? environment.files.open(path, .read))?.prefetch(at: 0, count: 1 << 20)
    }
  }

  private static func makeFolders(_ layout: Layout, _ environment: StoreEnvironment) throws(StoreError) {
    let files = environment.files
    try StoreAccess.check(layout, environment)
    try inStore(layout) { () throws(FileError) in
      let isNew = try files.facts(at: layout.root) == nil
      try files.createDirectory(layout.root)
      var isComplete = true
      for folder in layout.folders where try files.facts(at: folder) == nil {
        try files.createDirectory(folder)
        isComplete = false
      }
      if !isComplete { try files.syncDirectory(layout.root) }
      if isNew { try files.syncDirectory(StoreAccess.parent(of: layout.root)) }
    }
  }

  private func recover() throws(StoreError) {
    // Made now, since it cannot be when the disk is full.
    try inStore(layout) { () throws(FileError) in
      if try environment.files.facts(at: layout.erasureLock) == nil {
        try environment.files.lock(layout.erasureLock, wait: true)?.release()
      }
    }
    try core.catalog.repair()
    try core.refreshCatalog()
    // Half overwritten records would look like damage.
    do throws(StoreError) { try core.carryOutDestructions() } catch {
      // Read as if it were done; who erases next, or maintains, tries again.
      guard error.code == .ioFailed || error.code == .diskFull else { throw error }
      core.logger?.error("an erasure could not be ended yet", metadata: ["error": "\(error)"])
    }
    let state = core.catalog.state
    let mark = try readMark()
    var edits: [CatalogEdit] = []
    var removed: [Identifier] = []
    for facts in state.journals {
      let end = try recover(facts, mark: mark)
      guard facts.sealedEnd == nil else { continue }
      if end.position == UInt64(JournalHeader.size), !end.isDamaged {
        edits.append(.removeJournal(facts.id))
        removed.append(facts.id)
      } else {
        edits.append(.sealJournal(id: facts.id, end: end.position, damaged: end.isDamaged))
      }
    }
    if !edits.isEmpty {
      edits.append(.epoch(state.nextEpoch + 1))
      let recovered = edits
      let after = try core.catalog.commit { _ in recovered }
      try core.takeOver(after)
      core.contents.withLock { contents in
        for id in removed { contents.journals[id] = nil }
      }
    }
    try eraseFromJournals()
    try core.endErasures()
    try removeOrphans()
  }

  /// The durable mark. One that says nothing, as after a loss of power, is removed.
  private func readMark() throws(StoreError) -> DurableMark? {
    let mark = DurableMark.read(environment, layout)
    let files = environment.files
    try inStore(layout) { () throws(FileError) in
      if mark == nil, try files.facts(at: layout.durable) != nil { try files.unlink(layout.durable) }
    }
    return mark
  }

  /// Reads a journal into the live sessions. Returns where its groups end.
  private func recover(
    _ facts: JournalFacts, mark: DurableMark?
  ) throws(StoreError) -> (position: UInt64, isDamaged: Bool) {
    var journal = try JournalFile(
      facts.id, environment, layout, patch: core.catalog.state.patch(ofJournal: facts.id))
    let position = mark.flatMap { $0.journal == facts.id ? $0.position : nil } ?? 0
    let identity = JournalIdentity(id: facts.id, ordinal: facts.ordinal, epoch: facts.epoch)
    let (scan, records) = try inStore(layout) { () throws(FileError) in
      let trust = facts.sealedEnd.map { JournalTrust.sealed(end: $0) } ?? .all(mark: position)
      let found = try JournalScan.agreed(journal.file, id: facts.id, path: layout.journal(facts.id), trust: trust)
      if facts.sealedEnd == nil { try makeDurable(facts.id, found.scan) }
      return found
    }
    if facts.sealedEnd == nil {
      // A copy may stand in its place.
      journal = try JournalFile(facts.id, environment, layout, patch: core.catalog.state.patch(ofJournal: facts.id))
    }
    core.contents.withLock { contents in
      for record in records { contents.live.apply(record.head, in: identity) }
    }
    core.report(scan.damages, in: journal)
    if scan.tornBytes > 0 {
      core.logger?.notice(
        "a write was cut short at the end of a journal; nothing acknowledged as synced is in it",
        metadata: ["file": "\(journal.name)", "offset": "\(scan.end)", "bytes": "\(scan.tornBytes)"])
    }
    core.contents.withLock { $0.journals[facts.id] = journal }
    return (scan.end, !scan.damages.isEmpty)
  }

  /// Removes what the catalog does not name. Done only while no one else can be making such files: under the writer
  /// lock, the maintenance lock (if it is free) and the catalog lock.
  private func removeOrphans() throws(StoreError) {
    let files = environment.files
    guard
      let maintenance = try? HeldLock.take(layout.maintenanceLock, for: "maintenance", environment, layout)
    else { return }
    defer { maintenance.release() }
    try core.catalog.exclusively { (state) throws(StoreError) in
      let named = state.namedFiles(in: layout)
      for folder in [layout.journals, layout.packs, layout.dictionaries, layout.gone, layout.temporary] {
        try inStore(layout) { () throws(FileError) in
          for name in try files.list(folder) where !named.contains("\(folder)/\(name)") {
            // What was erased lately may be in what a crash left behind.
            if !state.tombstones.isEmpty {
              try Zeros.destroy("\(folder)/\(name)", files)
            } else {
              try files.unlink("\(folder)/\(name)")
            }
          }
        }
      }
    }
  }
}
