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
    var places: [RemainingPlace]
    var size: UInt64
  }

  let source: SalvageSource
  let dictionaries: SalvageDictionaries
  let store: Identifier
  var marks: [SalvageMark] = []
  var ranks: [SalvageRank] = []
  var candidates: [Candidate] = []
  var notes: [String] = []
  /// By source; nil for packs that are well, and journals.
  var broken: [Broken?] = []
  /// By source; facts of packs as the new store is to have them.
  var facts: [PackFacts] = []
  /// What the journals hold.
  var parts: [SessionKey: [JournalPart]] = [:]
  var journals: [JournalFile?] = []
  var applied: UInt64 = 0
  var highestEpoch: UInt64 = 0
  var highestOrdinal: UInt64 = 0

  private let control: MaintenanceControl

  init(_ source: SalvageSource, _ dictionaries: SalvageDictionaries, _ store: Identifier, _ control: MaintenanceControl)
  {
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
    at place: RemainingPlace, of pack: PackFile, number: Int, size: UInt64
  ) throws(StoreError) -> (SessionKey, SalvagePart)? {
    guard let remains = try SegmentRemains.read(place, of: pack, size: size, dictionaries, checking: true),
      !isLeftOut(remains)
    else { return nil }
    let part = SalvagePart(
      pack, remains, number: number, placement: placement(number), received: received(number))
    return (remains.session, part)
  }

  func isErased(_ session: SessionKey) -> Bool { source.catalog.state?.isErased(session) ?? false }

  /// Zeros where blocks should be were being erased; but where the catalog is whole it would say so, and they are damage.
  func isLeftOut(_ segment: SegmentRemains) -> Bool {
    isErased(segment.session) || (segment.isErased && !source.isWhole)
  }

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

  mutating func take(_ found: [SalvageMark]) {
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
    var check = PackCheck(of: store, pack, isDeep: true) {
      [dictionaries] (block, pack, names, session) throws(StoreError) in
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
      notes.append(
        "\(pack.name) is damaged: \(finding.message.withoutAdvice); what can be read of it goes into new packs")
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
      if isLeftOut(segment) {
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
    events += max(remains.erasedEvents, pack.facts.erased.events)
    addLosses(of: remains, pack, number, events)
  }

  /// What no segment accounts for. Where the catalog knows how many events there are, and all are found, that held none.
  private mutating func addLosses(
    of remains: PackRemains, _ pack: PackFile, _ number: Int, _ events: UInt64
  ) {
    let known = source.packs[number].isNamed ? pack.facts.events : nil
    if let known, events >= known { return }
    let count = known.map { "; \($0 - events) events of the pack are in none that can be read" } ?? ""
    func lose(_ offset: UInt64, _ length: UInt64?, _ reason: String) {
      candidates.append(
        Candidate(
          loss: .init(file: pack.name, offset: offset, length: length, reason: reason + count), source: number))
    }
    for range in remains.unreadable {
      lose(range.lowerBound, range.upperBound - range.lowerBound, "no segment can be read here")
    }
    if !remains.hasEnd {
      lose(remains.size, nil, "the pack ends before its directory; segments may have stood behind what is there")
    } else if remains.unreadable.isEmpty, known != nil {
      lose(0, nil, "zeros stand where segments did")
    }
  }

  private mutating func addLosses(
    of segment: SegmentRemains, at place: RemainingPlace, _ pack: PackFile, _ number: Int
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
                millisecondsSince1970: Double(entry.first))...Timestamp(millisecondsSince1970: Double(entry.last))
              : nil,
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
}

extension SegmentRemains {
  /// A segment all of whose blocks were checked.
  init(whole entry: SegmentEntry) {
    self.init(
      session: entry.session, visitor: entry.visitor, windows: entry.windows, dictionaries: entry.dictionaries,
      ordinal: entry.ordinal, entry: entry, blocks: entry.blocks.map { Block(entry: $0) })
  }
}
