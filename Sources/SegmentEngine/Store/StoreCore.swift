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
    var index: SegmentIndex
    var live: LiveTable
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
  let dictionaries: DictionaryCache
  let contexts = ContextPool(idleLimit: 8)
  let contents: Lock<Contents>
  /// One thread at a time brings `contents` up to date.
  private let refreshing = Lock<Void>(())

  init(_ environment: StoreEnvironment, _ layout: Layout, _ configuration: Configuration, _ catalog: Catalog) {
    self.environment = environment
    self.layout = layout
    self.configuration = configuration
    self.catalog = catalog
    packs = PackCache(environment, layout, limit: configuration.openPacks)
    dictionaries = DictionaryCache(environment, layout)
    contents = Lock(
      Contents(
        catalog: CatalogState(store: catalog.state.store), index: .empty, live: LiveTable(), journals: [:],
        scanned: [:]))
  }

  var logger: Logger? { configuration.logger }

  /// Reads what other processes committed: packs that came and went, and session edits. One `stat` where nothing changed.
  func refreshCatalog() throws(StoreError) {
    try refreshing.withLock { (_) throws(StoreError) in
      let changed = try catalog.refresh()
      if changed || contents.withLock({ $0.catalog.commit != catalog.state.commit }) { try adopt(catalog.state) }
    }
  }

  /// The locators of a pack. One that is lost or damaged costs only its own sessions: it is reported, and taken for empty.
  private func locators(of facts: PackFacts) throws(StoreError) -> LocatorTable {
    do {
      return try PackFile(facts, environment, layout).readEnd().locators
    } catch {
      guard error.code == .damaged || error.code == .notFound else { throw error }
      // Removed by a commit that came after the state at hand, perhaps.
      _ = try catalog.refresh()
      if catalog.state.packs.contains(where: { $0.id == facts.id }) {
        logger?.error("a pack cannot be read", metadata: ["pack": "\(facts.id)", "error": "\(error)"])
      }
      return LocatorTable([])
    }
  }

  /// Takes over a state of the catalog: opens the footers of new packs, drops packs and journals that are gone.
  private func adopt(_ state: CatalogState) throws(StoreError) {
    let known = contents.withLock { Set($0.index.packs.compactMap { $0?.id }) }
    let named = Set(state.packs.map(\.id))
    var added: [(facts: PackFacts, locators: LocatorTable)] = []
    for facts in state.packs where !known.contains(facts.id) {
      added.append((facts, try locators(of: facts)))
    }
    let journals = Set(state.journals.map(\.id))
    let idle = environment.clock.now() - StoreWriter.idleMilliseconds
    // One step: what a flush moved is in the packs and no longer in the journals, whoever looks.
    let gone = contents.withLock { contents -> Set<Identifier> in
      // A flush of this process may have put the same commit, or a later one, in place while footers were read.
      guard state.commit >= contents.catalog.commit else { return [] }
      let present = Set(contents.index.packs.compactMap { $0?.id })
      let gone = present.subtracting(named)
      let fresh = added.filter { !present.contains($0.facts.id) }
      let flushed = contents.catalog.journals.filter { !journals.contains($0.id) }
      if !flushed.isEmpty {
        contents.live.remove(journals: Set(flushed.map(\.ordinal)))
        for journal in flushed {
          contents.journals[journal.id] = nil
          contents.scanned[journal.id] = nil
        }
        contents.live.forgetIdle(since: idle)
      }
      contents.catalog = state
      if !gone.isEmpty || !fresh.isEmpty {
        contents.index = contents.index.changing(removing: gone, adding: fresh)
      }
      return gone
    }
    packs.close(gone)
  }

  /// Puts the result of this process's own commit in place: packs instead of journals, in one step.
  func install(
    _ state: CatalogState, adding added: [(facts: PackFacts, locators: LocatorTable)] = [],
    removingJournals removed: [JournalIdentity] = []
  ) {
    contents.withLock { contents in
      // Another thread's later commit may be in place already; what this one brings still has to be.
      if state.commit >= contents.catalog.commit { contents.catalog = state }
      let named = Set(contents.catalog.packs.map(\.id))
      let new = added.filter { pack in
        named.contains(pack.facts.id) && !contents.index.packs.contains { $0?.id == pack.facts.id }
      }
      if !new.isEmpty { contents.index = contents.index.changing(removing: [], adding: new) }
      contents.live.remove(journals: Set(removed.map(\.ordinal)))
      for journal in removed {
        contents.journals[journal.id] = nil
        contents.scanned[journal.id] = nil
      }
    }
  }

  /// For processes that do not write: brings packs and live sessions up to date with what the writer made durable.
  package func refreshAll() throws(StoreError) {
    try refreshCatalog()
    try refreshing.withLock { (_) throws(StoreError) in try scanJournals() }
  }

  private func scanJournals() throws(StoreError) {
    let state = contents.withLock { $0.catalog }
    let mark = DurableMark.read(environment, layout)
    let isWritten = try inStore(layout) { () throws(FileError) in try environment.files.isLocked(layout.writerLock) }
    for journal in state.journals {
      do {
        try scan(journal, mark: mark, isWritten: isWritten)
      } catch where error.code == .notFound {
        // Flushed meanwhile; the next refresh finds it in packs.
        continue
      }
    }
  }

  private func scan(_ facts: JournalFacts, mark: DurableMark?, isWritten: Bool) throws(StoreError) {
    let (open, start) = contents.withLock { ($0.journals[facts.id], $0.scanned[facts.id]) }
    let journal: JournalFile
    if let open { journal = open } else { journal = try JournalFile(facts.id, environment, layout) }
    let position = mark.flatMap { $0.journal == facts.id ? $0.position : nil } ?? 0
    let trust: JournalTrust
    if let end = facts.sealedEnd {
      if start == end { return }
      trust = .sealed(end: end)
    } else {
      trust = isWritten ? .durableOnly(mark: position) : .all(mark: position)
    }
    var found: [FoundRecord] = []
    let scan = try inStore(layout) { () throws(FileError) in
      var scan = try JournalScan(journal.file, id: facts.id)
      try scan.run(from: start ?? UInt64(JournalHeader.size), trust: trust) { found.append($0) }
      return scan
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
    for damage in damages {
      logger?.error(
        "damage in a journal",
        metadata: [
          "file": "\(journal.name)", "offset": "\(damage.offset)", "length": "\(damage.length)",
          "what": "\(damage.what)",
        ])
    }
  }

  /// The dictionary that new blocks of a project use; nil for none.
  func dictionaryInForce(_ project: String) throws(StoreError) -> (Identifier, ZstdDictionary)? {
    let facts = contents.withLock { contents -> DictionaryFacts? in
      guard let id = contents.catalog.dictionaryInForce[project] else { return nil }
      return contents.catalog.dictionaries.first { $0.id == id }
    }
    guard let facts else { return nil }
    return (facts.id, try dictionaries.dictionary(facts))
  }

  /// A dictionary by name.
  func dictionary(_ id: Identifier) throws(StoreError) -> ZstdDictionary {
    guard let facts = contents.withLock({ $0.catalog.dictionaries.first { $0.id == id } }) else {
      throw StoreError(.notFound, "dictionary \(id) is not in the catalog")
    }
    return try dictionaries.dictionary(facts)
  }
}
