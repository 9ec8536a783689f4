internal import SegmentFiles

extension StoreCore {
  /// Opens a store for a process that does not ingest: takes no lock, changes nothing. With `commits` it is to commit to
  /// the catalog later, which only the store's owner may.
  package static func openForReading(
    _ layout: Layout, _ configuration: Configuration, _ environment: StoreEnvironment, commits: Bool = false
  ) throws(StoreError) -> StoreCore {
    let facts = try inStore(layout) { () throws(FileError) in try environment.files.facts(at: layout.root) }
    guard let facts else {
      throw StoreError(.notFound, "there is no store at \(layout.root)", location: .init(file: layout.root))
    }
    guard facts.kind == .directory else {
      throw StoreError(.notAStore, "\(layout.root) is a file; a store is a folder", location: .init(file: layout.root))
    }
    if commits { try StoreAccess.checkOwner(facts, layout, environment) }
    let core = StoreCore(
      environment, layout, configuration, try Catalog.open(environment, layout), isWriting: false)
    if commits, core.catalog.state.snapshotTime != 0 { throw .snapshotIsReadOnly(layout) }
    try core.refreshAll()
    return core
  }

  /// What the store consists of.
  package func info() throws(StoreError) -> StoreInfo {
    let (state, index, live) = try indexed { contents, index in (contents.catalog, index, contents.live.sessions) }
    func files(_ paths: [String]) throws(StoreError) -> StoreInfo.Files {
      var found = StoreInfo.Files(count: paths.count, bytes: 0)
      for path in paths {
        found.bytes += try inStore(layout) { () throws(FileError) in try environment.files.facts(at: path) }?.size ?? 0
      }
      return found
    }
    func packs(_ tier: PackFacts.Tier) -> StoreInfo.Files {
      let packs = state.packs.filter { $0.tier == tier }
      return .init(count: packs.count, bytes: packs.reduce(0) { $0 + $1.liveBytes })
    }
    let erased = try erasedSegments(state)
    var hashes = 0
    var previous: UInt64?
    for segment in segments(of: index) where segment.hash != previous {
      if !erased.isEmpty, let pack = index.packs[Int(segment.pack)],
        erased.contains(SegmentPlace(pack.id, segment.offset))
      {
        continue
      }
      hashes += 1
      previous = segment.hash
    }
    let onlyLive = live.count { !index.contains(KeyHash.of($0.key)) }
    let parts = live.flatMap(\.session.parts)
    var writer: String?
    if try isBeingWritten() {
      writer = "another process"
      if let file = try? environment.files.open(layout.writerLock, .read), let record = try? LockRecord.read(file) {
        writer =
          "process \(record.process.process) on \(record.process.host), started \(ISO8601.text(record.process.started))"
      }
    }
    return StoreInfo(
      id: state.store.description, formatVersion: Int(state.formatVersion),
      created: Timestamp(millisecondsSince1970: state.created), generation: state.generation, commits: state.commit,
      recentPacks: packs(.recent), archivePacks: packs(.archive),
      journals: try files(state.journals.map { layout.journal($0.id) }),
      damagedJournals: state.journals.count { $0.isDamaged },
      dictionaries: try files(
        state.dictionaries.flatMap { [layout.dictionary($0.id, copy: 0), layout.dictionary($0.id, copy: 1)] }),
      catalogBytes: try files([layout.catalog]).bytes, segments: UInt64(index.count - erased.count),
      sessions: hashes + onlyLive, liveSessions: live.count,
      events: state.packs.reduce(0) { $0 + $1.liveEvents } + parts.reduce(0) { $0 + $1.facts.events },
      rawBytes: state.packs.reduce(0) { $0 + $1.liveRawBytes } + parts.reduce(0) { $0 + $1.rawBytes },
      storedBytes: state.packs.reduce(0) { $0 + $1.liveStoredBytes } + parts.reduce(0) { $0 + $1.storedBytes },
      packedEvents: state.packs.reduce(0) { $0 + $1.livePackedEvents } + parts.reduce(0) { $0 + $1.facts.packed },
      writer: writer, snapshots: try snapshotInfos(state),
      reserveBytes: try files([layout.reserve]).bytes, goneSessions: state.gone.reduce(0) { $0 + $1.entries },
      pinnedSessions: state.pins.count,
      snapshotTime: state.snapshotTime == 0 ? nil : Timestamp(millisecondsSince1970: state.snapshotTime),
      freeBytes: try inStore(layout) { () throws(FileError) in try environment.files.volume(at: layout.root) }.freeBytes
    )
  }
}

/// A segment of a pack, by the place of its directory entry.
private struct SegmentPlace: Hashable {
  var pack: Identifier
  var offset: UInt32

  init(_ pack: Identifier, _ offset: UInt32) {
    self.pack = pack
    self.offset = offset
  }
}

extension StoreCore {
  /// The segments that the index still leads to and that were erased. Reads the directories of packs that have such; of one
  /// that is damaged the index leads to none.
  private func erasedSegments(_ state: CatalogState) throws(StoreError) -> Set<SegmentPlace> {
    var places = Set<SegmentPlace>()
    for facts in state.packs where facts.erased.segments > 0 {
      do throws(StoreError) {
        let pack = try packs.pack(facts)
        for locator in try pack.readEnd().locators {
          if try pack.readEntry(offset: locator.offset, length: locator.length) == nil {
            places.insert(SegmentPlace(facts.id, locator.offset))
          }
        }
      } catch {
        guard error.code == .damaged || error.code == .notFound else { throw error }
      }
    }
    return places
  }

  /// Whether a process has the store open for writing.
  func isBeingWritten() throws(StoreError) -> Bool {
    try inStore(layout) { () throws(FileError) in try environment.files.isLocked(layout.writerLock) }
  }
}
