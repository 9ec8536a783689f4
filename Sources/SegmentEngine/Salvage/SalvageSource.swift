internal import SegmentFiles

/// The files of a store that is salvaged, as its folders and what is left of its catalog name them.
struct SalvageSource {
  struct Pack {
    /// As the catalog has it; else what its own header and footer tell, as far as they can be read.
    var facts: PackFacts
    var isNamed: Bool
    /// When it was made, milliseconds since 1970; 0 where its header is gone.
    var created: Double
    /// Whose it is by its header; nil where that is gone.
    var store: Identifier?
  }

  struct Journal {
    var id: Identifier
    var path: String
    /// It is a copy kept in `damaged/`.
    var isKeptAside: Bool
    /// Its end in the catalog, where that has it sealed.
    var sealedEnd: UInt64?
    /// 0 where its header and the catalog are gone.
    var ordinal: UInt64
    var epoch: UInt64
    var store: Identifier?
  }

  let environment: StoreEnvironment
  let layout: Layout
  let catalog: CatalogRemains
  private(set) var packs: [Pack] = []
  private(set) var journals: [Journal] = []
  /// Files that are named and not there.
  private(set) var missing: [(file: String, events: UInt64?)] = []

  /// What is known of sessions: empty where the catalog is gone.
  var isWhole: Bool { catalog.condition == .whole }

  /// Throws `.notFound` where there is no folder, `.locked` where a process writes or maintains.
  init(_ environment: StoreEnvironment, _ layout: Layout) throws(StoreError) {
    self.environment = environment
    self.layout = layout
    let files = environment.files
    let facts = try inStore(layout) { () throws(FileError) in try files.facts(at: layout.root) }
    guard let facts else {
      throw StoreError(.notFound, "there is no store at \(layout.root)", location: .init(file: layout.root))
    }
    guard facts.kind == .directory else {
      throw StoreError(.notAStore, "\(layout.root) is a file; a store is a folder", location: .init(file: layout.root))
    }
    for lock in [layout.writerLock, layout.maintenanceLock, layout.erasureLock] {
      if try inStore(layout, { () throws(FileError) in try files.isLocked(lock) }) {
        throw StoreError(
          .locked, "\(layout.root) is in use; stop the process that writes to it or maintains it, and salvage then",
          location: .init(file: layout.relative(lock)), isRetryable: true)
      }
    }
    catalog = try CatalogRemains.read(environment, layout)
    try findPacks()
    try findJournals()
    if packs.isEmpty, journals.isEmpty, missing.isEmpty, catalog.state == nil {
      throw StoreError(
        .notFound, "\(layout.root) holds neither catalog nor packs nor journals", location: .init(file: layout.root))
    }
  }

  /// Names in a folder; none where it is not there.
  static func names(
    in folder: String, _ environment: StoreEnvironment, _ layout: Layout
  ) throws(StoreError) -> [String] {
    try inStore(layout) { () throws(FileError) in
      guard try environment.files.facts(at: folder) != nil else { return [] }
      return try environment.files.list(folder)
    }
  }

  /// The first bytes of a file; fewer where it is shorter, none where the disk does not give them.
  private func beginning(of path: String, _ count: Int) throws(StoreError) -> [UInt8] {
    do throws(FileError) {
      return try environment.files.open(path, .read).readBytes(at: 0, count: count)
    } catch {
      if error.errno == ErrorNumber.io { return [] }
      throw StoreError(error, in: layout)
    }
  }

  private func size(of path: String) throws(StoreError) -> UInt64? {
    try inStore(layout) { () throws(FileError) in try environment.files.facts(at: path) }?.size
  }

  private mutating func findPacks() throws(StoreError) {
    let named = Dictionary((catalog.state?.packs ?? []).map { ($0.id, $0) }) { first, _ in first }
    var ids = isWhole ? Set(named.keys) : []
    if !isWhole {
      for name in try Self.names(in: layout.packs, environment, layout) where name.hasSuffix(".pack") {
        if let id = Identifier(name.dropLast(5)) { ids.insert(id) }
      }
    }
    for id in ids.sorted() {
      let path = layout.pack(id)
      guard let size = try size(of: path) else {
        missing.append((layout.relative(path), named[id]?.liveEvents))
        continue
      }
      let bytes = try beginning(of: path, PackHeader.size)
      var header: PackHeader?
      do throws(FormatError) { header = try PackHeader.decode(bytes) } catch {
        if case .newerVersion(let version) = error.reason {
          throw .newerFormat(layout.relative(path), version: version)
        }
      }
      if header?.id != id { header = nil }
      var facts = named[id]
      if facts == nil { facts = try ownFacts(id, size, header) }
      guard let facts else { continue }
      packs.append(
        Pack(facts: facts, isNamed: named[id] != nil, created: header?.created ?? 0, store: header?.store))
    }
  }

  /// What a pack tells of itself. Its dictionaries are those of its segments, which are looked at later.
  private func ownFacts(_ id: Identifier, _ size: UInt64, _ header: PackHeader?) throws(StoreError) -> PackFacts {
    var facts = PackFacts(
      id: id, fileBytes: size, footerBytes: 0, tier: header?.tier ?? .recent, className: header?.className ?? "",
      expiryDay: header?.expiryDay ?? 0, segments: 0, events: 0, rawBytes: 0, storedBytes: 0, packedEvents: 0,
      firstReceived: header?.created ?? 0, lastReceived: header?.created ?? 0, firstOrdinal: 0, lastOrdinal: 0,
      dictionaries: [])
    let footer: PackFooter
    do throws(StoreError) { footer = try PackFile(facts, environment, layout).readFooter() } catch {
      guard error.isLoss else { throw error }
      return facts
    }
    facts.footerBytes = size - footer.locatorsOffset
    facts.segments = UInt64(footer.segments)
    facts.events = footer.events
    facts.rawBytes = footer.rawBytes
    facts.storedBytes = footer.storedBytes
    facts.packedEvents = footer.packedEvents
    facts.firstReceived = footer.firstReceived
    facts.lastReceived = footer.lastReceived
    facts.firstOrdinal = footer.firstOrdinal
    facts.lastOrdinal = footer.lastOrdinal
    return facts
  }

  private mutating func findJournals() throws(StoreError) {
    let named = Dictionary((catalog.state?.journals ?? []).map { ($0.id, $0) }) { first, _ in first }
    for folder in [layout.journals, layout.damaged] {
      var ids: Set<Identifier> = isWhole && folder == layout.journals ? Set(named.keys) : []
      if !isWhole || folder == layout.damaged {
        for name in try Self.names(in: folder, environment, layout) where name.hasSuffix(".journal") {
          if let id = Identifier(name.dropLast(8)) { ids.insert(id) }
        }
      }
      for id in ids.sorted() {
        let path = "\(folder)/\(id).journal"
        guard try size(of: path) != nil else {
          missing.append((layout.relative(path), nil))
          continue
        }
        let bytes = try beginning(of: path, JournalHeader.size)
        var header: JournalHeader?
        do throws(FormatError) { header = try JournalHeader.decode(bytes) } catch {
          if case .newerVersion(let version) = error.reason {
            throw .newerFormat(layout.relative(path), version: version)
          }
        }
        if header?.id != id { header = nil }
        let facts = folder == layout.journals ? named[id] : nil
        journals.append(
          Journal(
            id: id, path: path, isKeptAside: folder == layout.damaged, sealedEnd: facts?.sealedEnd,
            ordinal: facts?.ordinal ?? header?.ordinal ?? 0, epoch: facts?.epoch ?? header?.epoch ?? 0,
            store: header?.store))
      }
    }
  }
}
