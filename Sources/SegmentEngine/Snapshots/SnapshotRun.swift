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
    let isWritten = try inStore(core.layout) { () throws(FileError) in try files.isLocked(core.layout.writerLock) }
    if !isWritten {
      do throws(StoreError) {
        try StoreWriter.open(core.layout, core.configuration, core.environment).close()
      } catch { guard error.code == .locked else { throw error } }
    }
    let clock = core.environment.clock
    let pausing = Monitor(())
    pausing.wait(while: { _ in true }, until: clock.monotonic() + Self.pause) { _, _ in }
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
    for pack in state.packs { try share(core.layout.pack(pack.id), target.pack(pack.id), pack.fileBytes) }
    for dictionary in state.dictionaries {
      for copy in 0..<2 {
        try share(
          core.layout.dictionary(dictionary.id, copy: copy), target.dictionary(dictionary.id, copy: copy),
          dictionary.fileBytes)
      }
    }
    for list in state.gone {
      try share(core.layout.gone(list.id), target.gone(list.id), GoneList.fileBytes(list.entries))
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

  private mutating func share(_ source: String, _ name: String, _ bytes: UInt64) throws(StoreError) {
    do throws(FileError) { try copy.share(source, as: name) } catch { throw StoreError(error, in: core.layout) }
    control.advance(bytes)
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
    var named = Set(state.packs.map { target.pack($0.id) } + state.journals.map { target.journal($0.id) })
    for list in state.gone { named.insert(target.gone(list.id)) }
    for dictionary in state.dictionaries {
      for copy in 0..<2 { named.insert(target.dictionary(dictionary.id, copy: copy)) }
    }
    try inStore(target) { () throws(FileError) in
      for folder in [target.packs, target.journals, target.gone, target.dictionaries] {
        for name in try files.list(folder) where !named.contains("\(folder)/\(name)") {
          try files.unlink("\(folder)/\(name)")
        }
      }
    }
  }
}

extension StoreError {
  static func snapshotIsReadOnly(_ layout: Layout) -> StoreError {
    StoreError(
      .isSnapshot, "\(layout.root) is a snapshot: it can be read, and engine-tool restore makes a store of it",
      location: .init(file: "catalog"))
  }
}

extension StoreCore {
  /// The snapshots that are still where they were put, and what they hold alone.
  func snapshotInfos(_ state: CatalogState) throws(StoreError) -> [SnapshotInfo] {
    if state.snapshots.isEmpty { return [] }
    var own = Set<UInt64>()
    for pack in state.packs { try note(layout.pack(pack.id), &own) }
    for list in state.gone { try note(layout.gone(list.id), &own) }
    for dictionary in state.dictionaries {
      for copy in 0..<2 { try note(layout.dictionary(dictionary.id, copy: copy), &own) }
    }
    var infos: [SnapshotInfo] = []
    for snapshot in state.snapshots {
      let folder = Layout(root: snapshot.path)
      // A folder that cannot be looked into holds what nobody here can tell.
      guard let found = try? environment.files.facts(at: folder.catalog), found.kind == .file else { continue }
      var bytes: UInt64 = 0
      for place in [folder.root] + folder.folders {
        for name in (try? environment.files.list(place)) ?? [] {
          guard let facts = try? environment.files.facts(at: "\(place)/\(name)"), facts.kind == .file else { continue }
          // Another volume counts its files anew: what has one name alone is the snapshot's.
          if facts.links == 1 || !own.contains(facts.inode) { bytes += facts.allocated }
        }
      }
      infos.append(
        SnapshotInfo(path: snapshot.path, time: Timestamp(millisecondsSince1970: snapshot.time), bytesHeld: bytes))
    }
    return infos
  }

  private func note(_ path: String, _ inodes: inout Set<UInt64>) throws(StoreError) {
    let facts = try inStore(layout) { () throws(FileError) in try environment.files.facts(at: path) }
    if let facts { inodes.insert(facts.inode) }
  }
}
