internal import Logging
internal import SegmentFiles

/// Makes a consistent copy of a store beside whoever writes and maintains it.
///
/// 1. the target's folders are made; 2. packs, dictionaries and lists of what is gone are linked, or copied to another
///    volume, and of each journal what is durable is copied; where a file has gone meanwhile it starts over with what the
///    catalog says now; 3. the folders are synced; 4. the catalog of the copy is written: journals end where they were
///    copied to, and it says that it is a snapshot; 5. one commit in the store names the snapshot, if nothing was erased
///    since 2: else it starts over.
///
/// Without 4 the target is no store, and may be removed.
struct SnapshotRun {
  private let core: StoreCore
  private let target: Layout
  private let control: MaintenanceControl
  private var copy: FileCopy

  /// How often it starts over.
  static let attempts = 64
  /// How long it waits for the writing process each time, nanoseconds.
  private static let pause: UInt64 = 100_000_000

  init(_ core: StoreCore, to target: Layout, _ control: MaintenanceControl) {
    self.core = core
    self.target = target
    self.control = control
    copy = FileCopy(core.environment.files)
  }

  private var files: any FileSystem { core.environment.files }

  mutating func run() throws(StoreError) -> SnapshotReport {
    try Self.makeFolders(target, core.environment)
    var attempt = 0
    while true {
      attempt += 1
      try control.check()
      do throws(StoreError) {
        try core.refreshCatalog()
        let state = core.catalog.state
        try settleErasures(state)
        guard state.destructions.isEmpty else {
          // The files would be half erased in the snapshot; it does not last.
          try core.carryOutDestructions(control)
          throw StoreError(.conflict, "sessions are being erased", isRetryable: true)
        }
        return try attemptOnce(state)
      } catch {
        guard error.code == .notFound || error.code == .conflict, attempt < Self.attempts else { throw error }
        do throws(FileError) { try copy.discardCopies() } catch { throw StoreError(error, in: target) }
      }
    }
  }

  /// Journals that still hold something of what was erased are not copied: the writing process sees to them within a second;
  /// where nobody writes, it is done here.
  private func settleErasures(_ state: CatalogState) throws(StoreError) {
    if state.tombstones.values.allSatisfy({ $0.commit <= state.erasureApplied }) { return }
    if try !core.isBeingWritten() {
      do throws(StoreError) {
        try StoreWriter.open(core.layout, core.configuration, core.environment).close()
      } catch { guard error.code == .locked else { throw error } }
    }
    core.environment.clock.pause(nanoseconds: Self.pause)
    throw StoreError(.conflict, "sessions are being erased from journals", isRetryable: true)
  }

  static func makeFolders(_ target: Layout, _ environment: StoreEnvironment) throws(StoreError) {
    let files = environment.files
    try inStore(target) { () throws(FileError) in
      if try files.facts(at: target.root) == nil {
        try files.createDirectory(target.root)
        try files.syncDirectory(StoreAccess.parent(of: target.root))
      }
    }
    let names = try inStore(target) { () throws(FileError) in try files.list(target.root) }
    guard names.isEmpty else {
      throw StoreError(
        .invalidArgument, "\(target.root) is not empty; give a folder that is, or none",
        location: .init(file: target.root))
    }
    try inStore(target) { () throws(FileError) in
      for folder in target.folders { try files.createDirectory(folder) }
    }
  }

  private mutating func attemptOnce(_ state: CatalogState) throws(StoreError) -> SnapshotReport {
    var copied = state
    for (source, name) in zip(state.writtenOnce(in: core.layout), state.writtenOnce(in: target)) {
      do throws(FileError) { try copy.share(source.path, as: name.path) } catch {
        throw StoreError(error, in: core.layout)
      }
      control.advance(source.bytes)
    }
    for index in copied.journals.indices {
      let end = try copyJournal(copied.journals[index])
      copied.journals[index].sealedEnd = end
    }
    try removeStrangers(copied)
    let now = core.environment.clock.now()
    copied.snapshotTime = now
    copied.snapshots = []
    copied.flushRequest = 0
    copied.nextEpoch += 1
    copied.generation += 1
    try inStore(target) { () throws(FileError) in
      for folder in target.folders { try files.syncDirectory(folder) }
    }
    let facts = SnapshotFacts(id: core.environment.newIdentifier(), time: now, path: target.root)
    let known = state
    let named = copied
    let after = try core.catalog.commit { current throws(StoreError) in
      let isWhole = current.packs.allSatisfy { pack in
        known.packs.first { $0.id == pack.id }.map { $0.erased == pack.erased } ?? true
      }
      guard current.tombstones == known.tombstones, current.destructions.isEmpty, isWhole else {
        throw StoreError(.conflict, "sessions were erased meanwhile", isRetryable: true)
      }
      // Under the lock, so that nothing is erased between the one and the other.
      try Catalog.writeCopy(named, core.environment, target)
      return [.snapshot(facts)]
    }
    core.settle(after)
    core.logger?.info("snapshot made", metadata: ["path": "\(target.root)", "copied": "\(copy.copied)"])
    return SnapshotReport(
      time: Timestamp(millisecondsSince1970: now), packs: state.packs.count, journals: state.journals.count,
      bytesLinked: copy.linked, bytesCopied: copy.copied)
  }

  /// Copies what is durable of a journal. Returns where its groups end.
  private mutating func copyJournal(_ facts: JournalFacts) throws(StoreError) -> UInt64 {
    let source = core.layout.journal(facts.id)
    let end: UInt64
    if let sealed = facts.sealedEnd {
      end = sealed
    } else {
      let mark = DurableMark.read(core.environment, core.layout)
      let position = mark.flatMap { $0.journal == facts.id ? $0.position : nil } ?? 0
      end = try inStore(core.layout) { () throws(FileError) in
        let isWritten = try files.isLocked(core.layout.writerLock)
        var scan = try JournalScan(try files.open(source, .read), id: facts.id)
        try scan.run(trust: isWritten ? .durableOnly(mark: position) : .all(mark: position)) { _ in }
        return scan.end
      }
    }
    do throws(FileError) { try copy.copy(source, as: target.journal(facts.id), count: end) } catch {
      throw StoreError(error, in: core.layout)
    }
    control.advance(end)
    return end
  }

  /// What an attempt before linked and the store has dropped since.
  private func removeStrangers(_ state: CatalogState) throws(StoreError) {
    let named = state.namedFiles(in: target)
    try inStore(target) { () throws(FileError) in
      for folder in [target.packs, target.journals, target.gone, target.dictionaries] {
        for name in try files.list(folder) where !named.contains("\(folder)/\(name)") {
          try files.unlink("\(folder)/\(name)")
        }
      }
    }
  }
}
