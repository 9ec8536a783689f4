internal import Logging
internal import SegmentFiles

/// Goes through everything a store has and enters it in a ledger: directories of packs, what is live, and the files.
///
/// Reads the directories one after the other, some hundred KiB at a time, and decompresses nothing.
struct UsageCount {
  let core: StoreCore
  let state: CatalogState
  let index: SegmentIndex
  let live: [(key: SessionKey, session: LiveSession)]
  let journals: [Identifier: JournalFile]
  /// Only this project counts; nil: everything.
  let project: ExactName?
  private(set) var ledger = UsageLedger()
  private(set) var fileBytes: UInt64 = 0
  private(set) var allocatedBytes: UInt64 = 0
  private(set) var unreadablePacks: [String] = []
  private let places: [Identifier: UInt32]

  /// What the process knows now, at one moment.
  init(_ core: StoreCore, project: ExactName?) throws(StoreError) {
    self.core = core
    self.project = project
    (state, index, live, journals) = try core.indexed { contents, index in
      (contents.catalog, index, contents.live.sessions, contents.journals)
    }
    var places: [Identifier: UInt32] = [:]
    for (place, pack) in index.packs.enumerated() {
      if let pack { places[pack.id] = UInt32(place) }
    }
    self.places = places
  }

  private var layout: Layout { core.layout }

  /// Returns false where packs or journals were removed meanwhile, by a flush or by maintenance: count anew then.
  /// `advance` is told of bytes that need not be looked at again.
  mutating func run(_ advance: (UInt64) -> Void) throws(StoreError) -> Bool {
    for pack in state.packs {
      guard try count(pack) else { return false }
      advance(pack.fileBytes - min(pack.fileBytes, pack.storedBytes))
    }
    guard try countLive() else { return false }
    try countDictionaries()
    try countFiles()
    return true
  }

  private func isWanted(_ name: ExactName) -> Bool { project.map { $0 == name } ?? true }

  // MARK: Packs

  private mutating func count(_ facts: PackFacts) throws(StoreError) -> Bool {
    let pack: PackFile
    do throws(StoreError) { pack = try core.packs.pack(facts) } catch {
      guard error.code == .notFound else { throw error }
      try core.refreshAll()
      guard core.contents.withLock({ $0.catalog.packs.contains { $0.id == facts.id } }) else { return false }
      note(unreadable: facts, error)
      return true
    }
    let tier: StoreUsage.Tier = facts.tier == .recent ? .recent : .archive
    let className = ExactName(facts.className)
    let ends = UInt64(PackHeader.size + PackFooter.size)
    var known = ends
    var rest = StoreUsage.Part.erased
    do throws(StoreError) {
      let reader = try DirectoryReader(pack)
      while let entry = try reader.next() {
        known += add(entry, at: reader.entry, of: facts, tier, className)
      }
    } catch {
      guard error.code == .damaged else { throw error }
      rest = .unreadable
      note(unreadable: facts, error)
    }
    if project == nil {
      ledger.addCommon(.packEnds, min(ends, facts.fileBytes), tier: tier, className: className)
      ledger.addCommon(rest, facts.fileBytes - min(facts.fileBytes, known), tier: tier, className: className)
    }
    return true
  }

  private mutating func note(unreadable facts: PackFacts, _ error: StoreError) {
    unreadablePacks.append(layout.relative(layout.pack(facts.id)))
    core.logger?.error("a pack cannot be read", metadata: ["pack": "\(facts.id)", "error": "\(error)"])
  }

  /// Enters a segment; returns all it takes in its pack.
  private mutating func add(
    _ entry: SegmentEntry, at place: Range<UInt64>, of pack: PackFacts, _ tier: StoreUsage.Tier, _ className: ExactName
  ) -> UInt64 {
    let stored = entry.storedBytes
    let headers = entry.length - min(entry.length, stored)
    let directory = UInt64(place.count)
    let locator = UInt64(Locator.size)
    let name = ExactName(entry.session.project)
    if isWanted(name) {
      ledger.note(.frames, stored)
      ledger.note(.blockHeaders, headers)
      ledger.note(.directories, directory)
      ledger.note(.locators, locator)
      ledger.add(
        UsageLedger.Piece(
          project: name, tier: tier, className: className, lastReceived: entry.facts.lastReceived, facts: entry.facts,
          segments: 1, storedBytes: stored, overheadBytes: headers + directory + locator,
          rule: ExactName(entry.rule), rate: entry.rate > 0 && entry.rate <= 1 ? entry.rate : 1,
          storedTimesRaw: entry.blocks.reduce(0) { $0 + Double($1.stored) * Double($1.raw) },
          counts: counts(entry, at: place.lowerBound, of: pack)))
    }
    return entry.length + directory + locator
  }

  /// A session is counted by the first of its segments that the index gives.
  private func counts(
    _ entry: SegmentEntry, at offset: UInt64, of pack: PackFacts
  ) -> (session: Bool, inTier: Bool, inClass: Bool) {
    guard let place = places[pack.id] else { return (false, false, false) }
    let found = index.find(KeyHash.of(entry.session))
    func isFirst(_ holds: (PackFacts) -> Bool) -> Bool {
      let first = found.first { segment in index.packs[Int(segment.pack)].map(holds) ?? false }
      return first.map { $0.pack == place && UInt64($0.offset) == offset } ?? false
    }
    if found.count == 1 { return (true, true, true) }
    return (
      isFirst { _ in true }, isFirst { $0.tier == pack.tier },
      isFirst { NameBytes.same($0.className, pack.className) }
    )
  }

  // MARK: Journals

  private mutating func countLive() throws(StoreError) -> Bool {
    var known: [Identifier: UInt64] = [:]
    let undecided = ExactName("")
    for (key, session) in live {
      let name = ExactName(key.project)
      let packs = index.find(KeyHash.of(key)).compactMap { index.packs[Int($0.pack)] }
      var counts = (session: packs.isEmpty, inTier: true, inClass: !packs.contains { $0.className.isEmpty })
      for part in session.parts {
        let stored = part.storedBytes
        let all = part.records.reduce(0) { $0 + RecordHead.aligned(UInt64($1.headLength) + UInt64($1.payloadLength)) }
        known[part.journal.id, default: 0] += all
        guard isWanted(name) else { continue }
        // What each batch is raw stands in its head alone: all are taken to compress alike.
        let squares = part.records.reduce(0) { $0 + Double($1.payloadLength) * Double($1.payloadLength) }
        let ratio = Double(part.rawBytes) / Double(max(1, stored))
        ledger.note(.payloads, stored)
        ledger.note(.recordHeads, all - stored)
        ledger.add(
          UsageLedger.Piece(
            project: name, tier: .live, className: undecided, lastReceived: part.facts.lastReceived, facts: part.facts,
            segments: 0, storedBytes: stored, overheadBytes: all - stored, rule: undecided, rate: 1,
            storedTimesRaw: squares * ratio, counts: counts))
        counts = (false, false, false)
      }
    }
    guard project == nil else { return true }
    for journal in state.journals {
      let size: UInt64
      if let open = journals[journal.id] {
        size = try inStore(layout) { () throws(FileError) in try open.file.facts().size }
      } else if let found = try facts(layout.journal(journal.id)) {
        size = found.size
      } else {
        try core.refreshAll()
        guard core.contents.withLock({ $0.catalog.journals.contains { $0.id == journal.id } }) else { return false }
        continue
      }
      let rest = size - min(size, known[journal.id] ?? 0)
      ledger.addCommon(.journalFraming, rest, tier: .live, className: undecided)
    }
    return true
  }

  // MARK: Files

  private func facts(_ path: String) throws(StoreError) -> FileFacts? {
    try inStore(layout) { () throws(FileError) in try core.environment.files.facts(at: path) }
  }

  private mutating func countDictionaries() throws(StoreError) {
    for dictionary in state.dictionaries {
      let name = ExactName(dictionary.project)
      guard isWanted(name) else { continue }
      for copy in 0..<2 {
        let size = try facts(layout.dictionary(dictionary.id, copy: copy))?.size ?? 0
        ledger.addDictionary(of: name, size)
      }
    }
  }

  /// All files there are: those that are not counted yet are entered, and the sizes of all added up.
  private mutating func countFiles() throws(StoreError) {
    let lists = Set(state.gone.map { layout.gone($0.id) })
    let named = state.namedFiles(in: layout).subtracting(lists)
    let locks: Set = [
      layout.catalogLock, layout.writerLock, layout.maintenanceLock, layout.erasureLock, layout.durable,
    ]
    for folder in [layout.root] + layout.folders where try facts(folder) != nil {
      let names = try inStore(layout) { () throws(FileError) in try core.environment.files.list(folder) }
      for name in names {
        let path = "\(folder)/\(name)"
        guard let file = try facts(path), file.kind == .file else { continue }
        fileBytes += file.size
        allocatedBytes += file.allocated
        if named.contains(path) || project != nil { continue }
        let part: StoreUsage.Part =
          path == layout.catalog || folder == layout.gone
          ? .catalog
          : path == layout.reserve
            ? .reserve : locks.contains(path) ? .locks : folder == layout.damaged ? .damagedJournals : .unnamed
        ledger.addCommon(part, file.size)
      }
    }
  }
}
