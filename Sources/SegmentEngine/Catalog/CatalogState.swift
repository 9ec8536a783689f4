package import SegmentCodecs

/// Everything the catalog says, after all its edits so far. A pure value: applying the same edits gives the same state.
package struct CatalogState: Sendable, Equatable {
  package var store: Identifier
  package var generation: UInt64 = 0
  /// The store's version of the format: what is written is of no higher one.
  package var formatVersion = FormatVersion.newest
  /// Number of the last commit applied.
  package var commit: UInt64 = 0
  package var created: Double = 0
  package var samplingSalt = Identifier.zero
  package var erasureKey = Identifier.zero
  /// In order of ordinal.
  package var journals: [JournalFacts] = []
  /// In order of first ordinal, then of commit.
  package var packs: [PackFacts] = []
  package var dictionaries: [DictionaryFacts] = []
  package var dictionaryInForce: [String: Identifier] = [:]
  /// By project.
  package var trainings: [String: TrainingRecord] = [:]
  /// Edits of sessions by other processes that the writer has not yet put into its journal, in order of commit.
  package var sessionEdits: [SessionEdit] = []
  /// Session edits up to this commit are in the journal or in packs.
  package var applied: UInt64 = 0
  /// The commit that last asked for a flush; 0: none that is not answered.
  package var flushRequest: UInt64 = 0
  package var nextEpoch: UInt64 = 1
  package var nextOrdinal: UInt64 = 1
  package var pins: [SessionKey: Pin] = [:]
  package var policy: PolicyDocument?
  /// By hash. Those of sessions hide them from the commit on.
  package var tombstones: [Hash128: Tombstone] = [:]
  /// Journals hold nothing of what was erased up to this commit.
  package var erasureApplied: UInt64 = 0
  /// What is being overwritten with zeros, or has to be again.
  package var destructions: [Destruction] = []
  package var receipts: [ErasureFacts] = []
  package var gone: [GoneFacts] = []
  /// Sessions with a part that expires later than others: until which day they stay.
  package var holds: [SessionKey: UInt32] = [:]
  package var totals = RuleTotals()
  package var snapshots: [SnapshotFacts] = []
  /// When this store was made as a snapshot, milliseconds since 1970; 0: it is none.
  package var snapshotTime: Double = 0

  package init(store: Identifier) { self.store = store }

  /// Whether it came after another state of the same catalog.
  func isLater(than other: CatalogState) -> Bool { (commit, generation) > (other.commit, other.generation) }

  /// Applies an edit. Adding what is there or removing what is not is refused: the caller's view was not this state.
  package mutating func apply(_ edit: CatalogEdit) throws(StoreError) {
    switch edit {
    case .store(let created, let samplingSalt, let erasureKey):
      self.created = created
      self.samplingSalt = samplingSalt
      self.erasureKey = erasureKey
    case .addJournal(let id, let ordinal, let epoch, let created):
      guard !journals.contains(where: { $0.id == id || $0.ordinal >= ordinal }) else {
        throw Self.conflict("journal \(id) is there already, or a later one")
      }
      journals.append(JournalFacts(id: id, ordinal: ordinal, epoch: epoch, created: created))
      nextOrdinal = max(nextOrdinal, ordinal + 1)
    case .sealJournal(let id, let end, let damaged):
      let index = try index(ofJournal: id)
      journals[index].sealedEnd = end
      journals[index].isDamaged = damaged
    case .removeJournal(let id):
      journals.remove(at: try index(ofJournal: id))
      if journals.isEmpty { flushRequest = 0 }
    case .addPack(let facts):
      guard !packs.contains(where: { $0.id == facts.id }) else {
        throw Self.conflict("pack \(facts.id) is there already")
      }
      for dictionary in facts.dictionaries where !dictionaries.contains(where: { $0.id == dictionary }) {
        throw Self.conflict("pack \(facts.id) names dictionary \(dictionary), which is not registered")
      }
      let place = packs.firstIndex { $0.firstOrdinal > facts.firstOrdinal } ?? packs.endIndex
      packs.insert(facts, at: place)
    case .removePack(let id):
      guard let index = packs.firstIndex(where: { $0.id == id }) else { throw Self.conflict("pack \(id) is gone") }
      packs.remove(at: index)
    case .addDictionary(let facts):
      guard !dictionaries.contains(where: { $0.id == facts.id }) else {
        throw Self.conflict("dictionary \(facts.id) is there already")
      }
      dictionaries.append(facts)
    case .removeDictionary(let id):
      guard !packs.contains(where: { $0.dictionaries.contains(id) }) else {
        throw Self.conflict("dictionary \(id) is named by a pack")
      }
      guard let index = dictionaries.firstIndex(where: { $0.id == id }) else {
        throw Self.conflict("dictionary \(id) is gone")
      }
      dictionaries.remove(at: index)
      dictionaryInForce = dictionaryInForce.filter { $0.value != id }
    case .useDictionary(let project, let id):
      if let id, !dictionaries.contains(where: { $0.id == id }) {
        throw Self.conflict("dictionary \(id) is not registered")
      }
      dictionaryInForce[project] = id
    case .session(let edit):
      if edit.commit > applied { sessionEdits.append(edit) }
    case .applied(let commit):
      applied = max(applied, commit)
      sessionEdits.removeAll { $0.commit <= applied }
    case .requestFlush: flushRequest = commit
    case .epoch(let epoch): nextEpoch = max(nextEpoch, epoch)
    case .pin(let pin): pins[pin.session] = pin
    case .unpin(let session): pins[session] = nil
    case .policy(let document): policy = document.json.isEmpty ? nil : document
    case .tombstone(let stone): bury(stone)
    case .addGone(let facts):
      guard !gone.contains(where: { $0.id == facts.id }) else {
        throw Self.conflict("list \(facts.id) is there already")
      }
      gone.append(facts)
    case .removeGone(let id):
      guard let index = gone.firstIndex(where: { $0.id == id }) else { throw Self.conflict("list \(id) is gone") }
      gone.remove(at: index)
    case .hold(let session, let day): holds[session] = day == 0 ? nil : day
    case .destroy(let destruction): destructions.append(destruction)
    case .destroyed(let id): settle(id)
    case .erasureApplied(let commit): erasureApplied = max(erasureApplied, commit)
    case .receipt(let facts): record(facts)
    case .total(let key, let total): totals.add(total, to: key)
    case .forgetTotals(let day): totals.forget(before: day)
    case .forgetTombstones(let day): tombstones = tombstones.filter { $0.value.untilDay >= day }
    case .snapshot(let facts): snapshots.append(facts)
    case .forgetSnapshot(let id): snapshots.removeAll { $0.id == id }
    case .isSnapshot(let time): snapshotTime = time
    case .setExpiry(let id, let day):
      guard let index = packs.firstIndex(where: { $0.id == id }) else { throw Self.conflict("pack \(id) is gone") }
      packs[index].expiryDay = day
    case .trained(let record): trainings[record.project] = record
    case .ordinal(let ordinal): nextOrdinal = max(nextOrdinal, ordinal)
    }
  }

  /// The edits that make this state from an empty one: the content of frame 0 of a new generation.
  package func snapshot() -> [CatalogEdit] {
    var edits: [CatalogEdit] = [
      .store(created: created, samplingSalt: samplingSalt, erasureKey: erasureKey), .epoch(nextEpoch),
      .ordinal(nextOrdinal), .applied(applied),
    ]
    edits += dictionaries.map(CatalogEdit.addDictionary)
    edits += dictionaryInForce.sorted { $0.key < $1.key }.map { .useDictionary(project: $0.key, $0.value) }
    edits += trainings.values.sorted { $0.project < $1.project }.map(CatalogEdit.trained)
    for journal in journals {
      edits.append(
        .addJournal(id: journal.id, ordinal: journal.ordinal, epoch: journal.epoch, created: journal.created))
      if let end = journal.sealedEnd {
        edits.append(.sealJournal(id: journal.id, end: end, damaged: journal.isDamaged))
      }
    }
    edits += packs.map(CatalogEdit.addPack)
    // Before what they would take away, so that nothing has to be looked through for them.
    edits += tombstones.values.sorted { ($0.commit, $0.hash) < ($1.commit, $1.hash) }.map(CatalogEdit.tombstone)
    edits += pins.values.sorted { $0.session < $1.session }.map(CatalogEdit.pin)
    if let policy { edits.append(.policy(policy)) }
    edits.append(.erasureApplied(erasureApplied))
    edits += destructions.map(CatalogEdit.destroy)
    edits += receipts.map(CatalogEdit.receipt)
    edits += gone.map(CatalogEdit.addGone)
    edits += holds.sorted { $0.key < $1.key }.map { .hold($0.key, $0.value) }
    edits += totals.edits
    edits += snapshots.map(CatalogEdit.snapshot)
    if snapshotTime != 0 { edits.append(.isSnapshot(snapshotTime)) }
    edits += sessionEdits.map(CatalogEdit.session)
    if flushRequest != 0 { edits.append(.requestFlush(time: 0)) }
    return edits
  }

  private func index(ofJournal id: Identifier) throws(StoreError) -> Int {
    guard let index = journals.firstIndex(where: { $0.id == id }) else { throw Self.conflict("journal \(id) is gone") }
    return index
  }

  static func conflict(_ what: String) -> StoreError {
    StoreError(.conflict, "the catalog has changed: \(what)", isRetryable: true)
  }
}
