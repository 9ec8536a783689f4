internal import Logging
internal import SegmentCodecs
internal import SegmentFiles

/// What a process knows of a store: catalog, index of the packs, live sessions. Synchronous; every call may block.
///
/// Readers take a consistent picture of a session under one lock and then read files without it.
package final class StoreCore: Sendable {
  /// What is read together must be changed together: a flush moves a session from `live` to `index` in one step.
  struct Contents {
    var catalog: CatalogState
    /// The packs' segments; nil until their locators are read, which opening leaves to who needs them first (see `indexed`).
    var index: SegmentIndex?
    var live: LiveTable
    /// Lists of sessions that are gone.
    var gone: [Identifier: GoneList] = [:]
    /// Journals in force, open for reading.
    var journals: [Identifier: JournalFile]
    /// How far each journal was scanned, where this process is not the one that writes it.
    var scanned: [Identifier: UInt64]
  }

  let environment: StoreEnvironment
  package let layout: Layout
  let configuration: Configuration
  package let catalog: Catalog
  let packs: PackCache
  let blocks: BlockCache
  let dictionaries: DictionaryCache
  let contexts = ContextPool(idleLimit: 8)
  let policies = PolicyCache()
  let metrics: StoreMetrics
  /// Where the projects that were listed stand in packs.
  let projects = Lock(KnownProjects())
  /// How the store stands against its budget.
  let gauge = PressureGauge()
  /// Those who watch sessions.
  let tails: TailHub
  let contents: Lock<Contents>
  /// One thread at a time brings `contents` up to date.
  private let refreshing = Lock<Void>(())
  /// One thread at a time reads the locators of all packs.
  let indexing = Lock<Void>(())

  /// True in the process that writes the journals: it knows what is in them, and must not read it in a second time.
  let isWriting: Bool

  init(
    _ environment: StoreEnvironment, _ layout: Layout, _ configuration: Configuration, _ catalog: Catalog,
    isWriting: Bool
  ) {
    self.isWriting = isWriting
    self.environment = environment
    self.layout = layout
    self.configuration = configuration
    self.catalog = catalog
    tails = TailHub(limit: configuration.tailBytes)
    metrics = StoreMetrics(store: configuration.metricsName ?? layout.name)
    blocks = BlockCache(limit: configuration.blockCacheBytes)
    packs = PackCache(environment, layout, limit: configuration.openPacks, blocks)
    dictionaries = DictionaryCache(environment, layout, contexts)
    contents = Lock(
      Contents(
        catalog: CatalogState(store: catalog.state.store), index: nil, live: LiveTable(), journals: [:],
        scanned: [:]))
  }

  var logger: Logger? { configuration.logger }

  /// Reads what other processes committed: packs that came and went, and session edits. One `stat` where nothing changed.
  func refreshCatalog() throws(StoreError) {
    try refreshing.withLock { (_) throws(StoreError) in
      _ = try catalog.refresh()
      try takeOver(catalog.state)
    }
  }

  /// Brings `contents` to a state of the catalog: opens the footers of packs that came, drops packs and journals that went.
  /// While there is no index, packs are left to who reads it.
  ///
  /// `contents.catalog` is always a state that was taken over whole, so a state that is not newer needs nothing. Threads
  /// that take over at the same time agree: what is missing is decided, and put in place, under the lock of `contents`;
  /// files are read between. `own` are packs this process has just made, whose locators need not be read.
  func takeOver(
    _ state: CatalogState, own: [(facts: PackFacts, locators: LocatorTable)] = []
  ) throws(StoreError) {
    var state = state
    var known: [Identifier: LocatorTable] = [:]
    for pack in own { known[pack.facts.id] = pack.locators }
    var gone: [Identifier: GoneList] = [:]
    while true {
      let (missing, lists) = contents.withLock { contents -> ([PackFacts], [GoneFacts]) in
        guard state.isLater(than: contents.catalog) else { return ([], []) }
        let present = contents.index?.packNames
        return (
          state.packs.filter { known[$0.id] == nil && !(present?.contains($0.id) ?? true) },
          state.gone.filter { gone[$0.id] == nil && contents.gone[$0.id] == nil }
        )
      }
      for facts in lists {
        if let list = try goneList(facts) { gone[facts.id] = list } else { state = catalog.state }
      }
      for facts in missing {
        if let found = try locators(of: facts) {
          known[facts.id] = found
        } else {
          // Removed by a later commit: that one is taken over instead.
          state = catalog.state
        }
      }
      if put(state, known, gone) { return }
    }
  }

  /// The same after a commit of this process. What fails is reported and left to the next refresh: the commit holds.
  func settle(_ state: CatalogState, own: [(facts: PackFacts, locators: LocatorTable)] = []) {
    do { try takeOver(state, own: own) } catch {
      logger?.error("a commit is in force and could not be read in yet", metadata: ["error": "\(error)"])
    }
  }

  /// Puts a state in place, in one step: what a flush moved is in the packs and no longer in the journals, whoever looks.
  /// Returns false where the locators of a pack are missing.
  private func put(
    _ state: CatalogState, _ known: [Identifier: LocatorTable], _ lists: [Identifier: GoneList]
  ) -> Bool {
    let idle = environment.clock.now() - StoreWriter.idleMilliseconds
    var hadDestructions = false
    var mayBeGone = false
    var destroyed: [Identifier] = []
    let gone = contents.withLock { contents -> [Identifier]? in
      guard state.isLater(than: contents.catalog) else { return [] }
      let (came, gone) = Self.changes(of: contents, in: state)
      var fresh: [(facts: PackFacts, locators: LocatorTable)] = []
      if contents.index != nil {
        for facts in came {
          guard let locators = known[facts.id] else { return nil }
          fresh.append((facts, locators))
        }
      }
      if !state.gone.isEmpty || !contents.gone.isEmpty {
        var all: [Identifier: GoneList] = [:]
        for facts in state.gone {
          guard let list = contents.gone[facts.id] ?? lists[facts.id] else { return nil }
          all[facts.id] = list
        }
        contents.gone = all
      }
      let flushed = contents.catalog.journals.filter { known in !state.journals.contains { $0.id == known.id } }
      if !flushed.isEmpty {
        contents.live.remove(journals: Set(flushed.map(\.ordinal)))
        for journal in flushed {
          contents.journals[journal.id] = nil
          contents.scanned[journal.id] = nil
        }
        contents.live.forgetIdle(since: idle)
      }
      hadDestructions = !contents.catalog.destructions.isEmpty
      mayBeGone = !gone.isEmpty || hadDestructions || !state.destructions.isEmpty
      // Where another process destroyed something, all of that may have come and gone since this one last looked.
      if blocks.count > 0 {
        let erased = Dictionary(contents.catalog.packs.map { ($0.id, $0.erased) }) { first, _ in first }
        destroyed = state.packs.filter { $0.erased != erased[$0.id] ?? .init() }.map(\.id)
      }
      contents.catalog = state
      if let index = contents.index {
        let isChanged = !gone.isEmpty || !fresh.isEmpty
        contents.index = (isChanged ? index.changing(removing: Set(gone), adding: fresh) : index).updating(state.packs)
      }
      return gone
    }
    guard let gone else { return false }
    endTails(mayBeGone: mayBeGone)
    if !gone.isEmpty { packs.close(gone) }
    if !destroyed.isEmpty { blocks.forget(destroyed) }
    if !state.destructions.isEmpty || hadDestructions {
      let doomed = Set(state.destructions.flatMap(\.packs).map(\.pack))
      packs.setPatches(Dictionary(uniqueKeysWithValues: doomed.map { ($0, state.patch(ofPack: $0) ?? FilePatch()) }))
    }
    return true
  }

  /// The packs that a state has and the contents do not, and the other way round. Opening, which knows of none before, pays
  /// for no sets.
  private static func changes(of contents: Contents, in state: CatalogState) -> (came: [PackFacts], gone: [Identifier])
  {
    if contents.index == nil, contents.catalog.packs.isEmpty { return (state.packs, []) }
    let present = contents.index?.packNames ?? Set(contents.catalog.packs.map(\.id))
    return (
      state.packs.filter { !present.contains($0.id) }, Array(present.subtracting(state.packs.map(\.id)))
    )
  }

  /// The locators of a pack; nil where a later commit removed it. Where footer or locators are damaged they are made again
  /// from the directory; a pack that is lost costs only its own sessions: it is reported, and taken for empty.
  func locators(of facts: PackFacts) throws(StoreError) -> LocatorTable? {
    var pack: PackFile?
    do {
      let opened = try PackFile(facts, environment, layout, patch: catalog.state.patch(ofPack: facts.id))
      pack = opened
      return try opened.readEnd().locators
    } catch {
      guard error.code == .damaged || error.code == .notFound else { throw error }
      _ = try catalog.refresh()
      guard catalog.state.packs.contains(where: { $0.id == facts.id }) else { return nil }
      logger?.error("a pack is damaged", metadata: ["pack": "\(facts.id)", "error": "\(error)"])
      metrics.countDamages(1)
      return try pack.map { (pack) throws(StoreError) in try PackRemains.locators(of: pack) } ?? LocatorTable([])
    }
  }

  /// Removes a file that never came into force. Where something was erased lately it may hold some of that: it is
  /// overwritten first.
  func discard(_ path: String) {
    if !catalog.state.tombstones.isEmpty { try? Zeros.destroy(path, environment.files) }
    try? environment.files.unlink(path)
  }

  /// Brings packs and, in processes that do not write, live sessions up to date with what the writer made durable.
  package func refreshAll() throws(StoreError) {
    for _ in 0..<8 {
      try refreshCatalog()
      if isWriting { return }
      if try refreshing.withLock({ (_) throws(StoreError) in try scanJournals(skipping: false) }) { return }
    }
    // One that the catalog names and that is not there, however often it is looked at, is lost.
    _ = try refreshing.withLock { (_) throws(StoreError) in try scanJournals(skipping: true) }
  }

  /// Reads on in the journals, in their order. Returns false where one is gone that may have been flushed meanwhile: what
  /// comes after it must not be seen without it, and the catalog says where it is now.
  private func scanJournals(skipping: Bool) throws(StoreError) -> Bool {
    let state = contents.withLock { $0.catalog }
    let mark = DurableMark.read(environment, layout)
    let isWritten = try isBeingWritten()
    for journal in state.journals {
      do {
        try scan(journal, mark: mark, isWritten: isWritten)
      } catch  where error.code == .notFound {
        if !skipping { return false }
      }
    }
    return true
  }

  private func scan(_ facts: JournalFacts, mark: DurableMark?, isWritten: Bool) throws(StoreError) {
    let (open, start) = contents.withLock { ($0.journals[facts.id], $0.scanned[facts.id]) }
    let journal: JournalFile
    let patch = contents.withLock { $0.catalog.patch(ofJournal: facts.id) }
    // While it is being erased from it is opened each time, and not kept.
    if patch == nil, let open {
      journal = open
    } else {
      journal = try JournalFile(facts.id, environment, layout, patch: patch)
    }
    let position = mark.flatMap { $0.journal == facts.id ? $0.position : nil } ?? 0
    let trust: JournalTrust
    if let end = facts.sealedEnd {
      if start == end { return }
      trust = .sealed(end: end)
    } else {
      trust = isWritten ? .durableOnly(mark: position) : .all(mark: position)
    }
    let (scan, found) = try inStore(layout) { () throws(FileError) in
      try JournalScan.agreed(
        journal.file, id: facts.id, path: layout.journal(facts.id), from: start ?? UInt64(JournalHeader.size),
        trust: trust)
    }
    report(scan.damages, in: journal)
    let identity = JournalIdentity(id: facts.id, ordinal: facts.ordinal, epoch: facts.epoch)
    contents.withLock { contents in
      for record in found { contents.live.apply(record.head, in: identity) }
      contents.journals[facts.id] = journal
      contents.scanned[facts.id] = scan.end
    }
  }

  func report(_ damages: [JournalDamage], in journal: JournalFile) {
    metrics.countDamages(damages.count)
    for damage in damages {
      logger?.error(
        "damage in a journal",
        metadata: [
          "file": "\(journal.name)", "offset": "\(damage.offset)", "length": "\(damage.length)",
          "what": "\(damage.what)",
        ])
    }
  }

  /// The dictionary that new blocks of a project use; nil for none, and where both its copies are lost: what comes must
  /// be stored all the same.
  func dictionaryInForce(_ project: String) throws(StoreError) -> (Identifier, ZstdDictionary)? {
    let facts = contents.withLock { contents -> DictionaryFacts? in
      guard let id = contents.catalog.dictionaryInForce[project] else { return nil }
      return contents.catalog.dictionaries.first { $0.id == id }
    }
    guard let facts else { return nil }
    do throws(StoreError) { return (facts.id, try dictionaries.dictionary(facts)) } catch {
      guard error.code == .damaged || error.code == .notFound else { throw error }
      logger?.error(
        "a dictionary cannot be read; new blocks are made without",
        metadata: ["project": "\(project)", "error": "\(error)"])
      return nil
    }
  }

  /// A dictionary by name.
  func dictionary(_ id: Identifier) throws(StoreError) -> ZstdDictionary {
    guard let facts = contents.withLock({ $0.catalog.dictionaries.first { $0.id == id } }) else {
      throw StoreError(.notFound, "dictionary \(id) is not in the catalog")
    }
    return try dictionaries.dictionary(facts)
  }
}
