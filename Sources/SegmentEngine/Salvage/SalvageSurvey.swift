internal import SegmentFiles

/// Looks through all files of a store that is salvaged: what they hold, and what of them is lost.
struct SalvageSurvey {
  /// Something that is lost unless another file has it.
  struct Candidate {
    var loss: SalvageReport.Loss
    /// Place in the list of sources; nil where it concerns none of them.
    var source: Int?
    /// It is no event that is lost, but what the directory says of a segment besides.
    var isDetail = false
  }

  /// A pack that cannot be taken as it is.
  struct Broken {
    var places: [SalvagePlace]
    var size: UInt64
  }

  let source: SalvageSource
  let dictionaries: SalvageDictionaries
  let store: Identifier
  private(set) var marks: [SalvageMark] = []
  private(set) var ranks: [SalvageRank] = []
  private(set) var candidates: [Candidate] = []
  private(set) var notes: [String] = []
  /// By source; nil for packs that are well, and journals.
  private(set) var broken: [Broken?] = []
  /// By source; facts of packs as the new store is to have them.
  private(set) var facts: [PackFacts] = []
  /// What the journals hold.
  private(set) var parts: [SessionKey: [JournalPart]] = [:]
  private(set) var journals: [JournalFile?] = []
  private(set) var applied: UInt64 = 0
  private(set) var highestEpoch: UInt64 = 0
  private(set) var highestOrdinal: UInt64 = 0

  private let control: MaintenanceControl

  init(_ source: SalvageSource, _ dictionaries: SalvageDictionaries, _ store: Identifier, _ control: MaintenanceControl) {
    self.source = source
    self.dictionaries = dictionaries
    self.store = store
    self.control = control
    highestEpoch = source.catalog.state?.nextEpoch ?? 0
    highestOrdinal = source.catalog.state?.nextOrdinal ?? 0
    for journal in source.journals {
      highestEpoch = max(highestEpoch, journal.epoch)
      highestOrdinal = max(highestOrdinal, journal.ordinal)
    }
  }

  func pack(_ number: Int) throws(StoreError) -> PackFile {
    let id = source.packs[number].facts.id
    return try PackFile(
      source.packs[number].facts, source.environment, source.layout, patch: source.catalog.state?.patch(ofPack: id))
  }

  func placement(_ number: Int) -> Placement { Placement(facts[number]) }

  /// When what a pack holds was received, as far as it tells.
  func received(_ number: Int) -> (first: Double, last: Double) {
    (facts[number].firstReceived, max(facts[number].firstReceived, facts[number].lastReceived))
  }

  /// What one place of a pack holds for the new store; nil where that is nothing.
  func part(
    at place: SalvagePlace, of pack: PackFile, number: Int, size: UInt64
  ) throws(StoreError) -> (SessionKey, SalvagePart)? {
    guard let remains = try SegmentRemains.read(place, of: pack, size: size, dictionaries, checking: true),
      !remains.isErased, !isErased(remains.session)
    else { return nil }
    let part = SalvagePart(
      pack, remains, number: number, placement: placement(number), received: received(number))
    return (remains.session, part)
  }

  func isErased(_ session: SessionKey) -> Bool { source.catalog.state?.isErased(session) ?? false }

  mutating func run() throws(StoreError) {
    for number in source.packs.indices {
      try control.check()
      try look(atPack: number)
      control.advance(source.packs[number].facts.fileBytes)
    }
    for index in source.journals.indices {
      try control.check()
      try look(atJournal: index)
    }
    for missing in source.missing {
      let what = missing.events.map { "; \($0) events were in it" } ?? ""
      candidates.append(Candidate(loss: .init(file: missing.file, reason: "the file is not there\(what)")))
    }
    addJournalMarks()
  }

  private mutating func take(_ found: [SalvageMark]) {
    for mark in found {
      highestEpoch = max(highestEpoch, mark.epoch)
      highestOrdinal = max(highestOrdinal, mark.ordinal)
    }
    marks += found
  }

  // MARK: Packs

  private mutating func look(atPack number: Int) throws(StoreError) {
    let found = source.packs[number]
    ranks.append(
      SalvageRank(tier: found.facts.tier == .archive ? 3 : 2, created: found.created, id: found.facts.id))
    facts.append(found.facts)
    journals.append(nil)
    let pack = try pack(number)
    var check = PackCheck(of: store, pack, isDeep: true) { [dictionaries] (block, pack, names, session) throws(StoreError) in
      try dictionaries.content(of: block, in: pack, dictionaries: names, session: session)
    }
    check.run()
    let finding = check.findings.first { $0.severity == .damage }
    let isPatched = source.catalog.state?.isBeingDestroyed(found.facts.id) ?? false
    if finding == nil, !isPatched, !check.segments.contains(where: { isErased($0.session) }) {
      broken.append(nil)
      for entry in check.segments {
        dictionaries.note(entry.dictionaries, usedBy: entry.session)
        take(
          SalvagePart(
            pack, SegmentRemains(whole: entry), number: number, placement: Placement(found.facts),
            received: (0, 0)
          ).marks(entry.session))
      }
      let used = Set(check.segments.flatMap(\.dictionaries))
      let known = found.isNamed ? found.facts.dictionaries : used.sorted()
      facts[number].dictionaries = known.filter { dictionaries.found[$0] != nil }
      facts[number].erased = check.erased.reduce(into: PackFacts.Erased()) { $0.add($1) }
      // A name without its file would be refused; blocks that need it would have been found.
      if facts[number].dictionaries.count == known.count, used.isSubset(of: known) { return }
      broken[number] = Broken(places: [], size: 0)
      marks.removeAll { $0.source == Int32(number) }
    } else {
      broken.append(Broken(places: [], size: 0))
    }
    if let finding {
      notes.append("\(pack.name) is damaged (\(finding.message)); what can be read of it goes into new packs")
    }
    try lookClosely(at: pack, number)
  }

  private mutating func lookClosely(at pack: PackFile, _ number: Int) throws(StoreError) {
    var remains = try PackRemains(pack)
    try remains.find()
    let size = remains.size
    broken[number] = Broken(places: remains.places, size: size)
    var events: UInt64 = 0
    var erased = 0
    for place in remains.places {
      try control.check()
      guard let segment = try SegmentRemains.read(place, of: pack, size: size, dictionaries, checking: true) else {
        continue
      }
      if segment.isErased || isErased(segment.session) {
        erased += 1
        events += segment.blocks.reduce(0) { $0 + UInt64($1.entry.events) }
        continue
      }
      dictionaries.note(segment.dictionaries, usedBy: segment.session)
      take(
        SalvagePart(
          pack, segment, number: number, placement: placement(number), received: received(number)
        ).marks(segment.session))
      events += segment.blocks.reduce(0) { $0 + UInt64($1.entry.events) }
      addLosses(of: segment, at: place, pack, number)
    }
    if erased > 0 { notes.append("\(pack.name): \(erased) erased segments are left out") }
    // Where the catalog knows how many events there are, and all are accounted for, what is unreadable held none.
    let known = source.packs[number].isNamed ? pack.facts.liveEvents : nil
    if let known, events >= known { return }
    let count = known.map { "; \($0 - events) events of the pack are in none that can be read" } ?? ""
    for range in remains.unreadable {
      candidates.append(
        Candidate(
          loss: .init(
            file: pack.name, offset: range.lowerBound, length: range.upperBound - range.lowerBound,
            reason: "no segment can be read here\(count)"), source: number))
    }
    if !remains.hasEnd || (remains.unreadable.isEmpty && known != nil) {
      candidates.append(
        Candidate(
          loss: .init(
            file: pack.name, offset: size,
            reason: "the file ends before its directory; segments may have stood behind what is there\(count)"),
          source: number))
    }
  }

  private mutating func addLosses(
    of segment: SegmentRemains, at place: SalvagePlace, _ pack: PackFile, _ number: Int
  ) {
    if segment.entry == nil {
      candidates.append(
        Candidate(
          loss: .init(
            file: pack.name, offset: place.offset, session: segment.session,
            reason: "the directory entry of a segment is gone: its tags, its batch IDs and its end, if it had any"),
          source: number, isDetail: true))
    }
    for block in segment.blocks {
      guard let problem = block.problem else { continue }
      let entry = block.entry
      candidates.append(
        Candidate(
          loss: .init(
            file: pack.name, offset: entry.frameOffset, length: UInt64(entry.stored), session: segment.session,
            sequences: entry.sequence..<entry.nextSequence,
            time: entry.flags.contains(.hasRange)
              ? Timestamp(
                millisecondsSince1970: Double(entry.first))...Timestamp(millisecondsSince1970: Double(entry.last)) : nil,
            reason: problem.salvageText), source: number))
    }
    for range in segment.unreadable {
      let before = segment.blocks.last { $0.entry.frameOffset < range.lowerBound }?.entry.nextSequence
      let after = segment.blocks.first { $0.entry.frameOffset > range.lowerBound }?.entry.sequence
      var lost: Range<UInt64>?
      if let before, let after, before < after { lost = before..<after }
      candidates.append(
        Candidate(
          loss: .init(
            file: pack.name, offset: range.lowerBound, length: range.upperBound - range.lowerBound,
            session: segment.session, sequences: lost, reason: "no block can be read here"), source: number))
    }
  }

  // MARK: Journals

  private mutating func look(atJournal index: Int) throws(StoreError) {
    let facts = source.journals[index]
    let number = source.packs.count + index
    ranks.append(SalvageRank(tier: facts.isKeptAside ? 0 : 1, created: Double(facts.ordinal), id: facts.id))
    broken.append(nil)
    var remains: JournalRemains
    do throws(StoreError) { remains = try JournalRemains(facts, source) } catch {
      guard error.isLoss else { throw error }
      journals.append(nil)
      candidates.append(
        Candidate(loss: .init(file: source.layout.relative(facts.path), reason: error.salvageText), source: number))
      return
    }
    journals.append(remains.file)
    let mark = DurableMark.read(source.environment, source.layout)
    let state = source.catalog.state
    try remains.read(from: number, mark: mark.flatMap { $0.journal == facts.id ? $0.position : nil } ?? 0) { session in
      state?.isErased(session) ?? false
    }
    for (session, part) in remains.parts { parts[session, default: []].append(part) }
    if !facts.isKeptAside { applied = max(applied, remains.applied) }
    for loss in remains.losses { candidates.append(Candidate(loss: loss, source: number)) }
    notes += remains.notes
  }

  /// With the catalog at hand a copy that was kept aside fills holes of sessions that are there, and nothing else: what the
  /// store let go since is not to come back.
  private mutating func addJournalMarks() {
    let present = source.isWhole ? Set(marks.map(\.hash)) : []
    for session in parts.keys.sorted() {
      var kept: [JournalPart] = []
      let isLive = parts[session]?.contains { ranks[$0.source].tier == 1 } ?? false
      for var part in parts[session] ?? [] {
        if source.isWhole, ranks[part.source].tier == 0 {
          guard isLive || present.contains(KeyHash.of(session)) else { continue }
          // These were flushed, whatever became of the events.
          part.tags = []
          part.finished = nil
        }
        kept.append(part)
        if let file = journals[part.source] { take(self.part(part, file).marks(session)) }
      }
      parts[session] = kept.isEmpty ? nil : kept
    }
  }

  /// A journal whose header is gone counts as the newest.
  func part(_ part: JournalPart, _ file: JournalFile) -> SalvagePart {
    let facts = source.journals[part.source - source.packs.count]
    return SalvagePart(
      file, part, ordinal: facts.ordinal == 0 ? highestOrdinal : facts.ordinal,
      epoch: facts.ordinal == 0 ? highestEpoch : facts.epoch)
  }
}

extension SegmentRemains {
  /// A segment all of whose blocks were checked.
  init(whole entry: SegmentEntry) {
    self.init(
      session: entry.session, visitor: entry.visitor, windows: entry.windows, dictionaries: entry.dictionaries,
      ordinal: entry.ordinal, entry: entry, blocks: entry.blocks.map { Block(entry: $0) })
  }
}
