internal import SegmentFiles

/// Checks one pack from front to back: that its parts follow each other without a gap, fit their checksums, and say the
/// same of each other; with `isDeep` the content of each block too.
struct PackCheck {
  /// Reads and decompresses a block.
  typealias Decode = (_ block: BlockEntry, _ of: PackFile, _ dictionaries: [Identifier], SessionKey) throws(StoreError)
    ->
    [UInt8]

  private let store: Identifier
  private let decode: Decode
  private let pack: PackFile
  private let ahead: ReadAheadFile
  private let isDeep: Bool
  /// Those that the catalog says the pack's blocks name; nil where that is not to be checked.
  private let dictionaries: [Identifier]?
  private(set) var findings: [VerifyReport.Finding] = []
  private(set) var segments: [SegmentEntry] = []
  /// Segments that were erased: nothing of them is left but their places and sums.
  private(set) var erased: [ErasedEntry] = []
  private(set) var blocks: UInt64 = 0
  private(set) var events: UInt64 = 0

  init(_ core: StoreCore, _ pack: PackFile, isDeep: Bool) {
    self.init(of: core.catalog.state.store, pack, isDeep: isDeep, dictionaries: pack.facts.dictionaries) {
      (block, pack, dictionaries, session) throws(StoreError) in
      try core.content(of: block, in: pack, dictionaries: dictionaries, session: session)
    }
  }

  /// Checks a pack of the store with this ID, whoever decodes its blocks.
  init(
    of store: Identifier, _ pack: PackFile, isDeep: Bool, dictionaries: [Identifier]? = nil, decode: @escaping Decode
  ) {
    self.dictionaries = dictionaries
    self.store = store
    self.decode = decode
    ahead = ReadAheadFile(pack.file)
    self.pack = pack.readingAhead(in: ahead)
    self.isDeep = isDeep
  }

  mutating func run() {
    do throws(StoreError) {
      let size = try inStore(pack.layout) { () throws(FileError) in try pack.file.facts().size }
      if size != pack.facts.fileBytes {
        find(
          "the file has \(size) bytes, the catalog says \(pack.facts.fileBytes)", at: min(size, pack.facts.fileBytes))
      }
      checkHeader(try pack.read(at: 0, count: PackHeader.size, "header"))
    } catch { find(error) }
    let end: (footer: PackFooter, locators: LocatorTable)
    do throws(StoreError) { end = try pack.readEnd() } catch {
      find(error)
      checkRemains()
      return
    }
    checkDirectory(end.footer, end.locators)
    checkTotals(end.footer)
    for entry in segments { check(entry) }
    for entry in erased { check(entry) }
    var at = UInt64(PackHeader.size)
    let places = segments.map { ($0.offset, $0.length) } + erased.map { ($0.offset, $0.length) }
    for (offset, length) in places.sorted(by: { $0.0 < $1.0 }) {
      if offset != at { find("a segment does not begin where the last one ends", at: at) }
      at = offset + length
    }
    if at != end.footer.directoryOffset, findings.isEmpty {
      find("bytes before the directory belong to no segment", at: at)
    }
  }

  /// What is read of a pack whose footer or locators are lost: the segments that its directory still tells of.
  private mutating func checkRemains() {
    do throws(StoreError) {
      for locator in try PackRemains.locators(of: pack) {
        if let entry = try pack.readEntry(offset: locator.offset, length: locator.length) { segments.append(entry) }
      }
    } catch { find(error) }
    for entry in segments { check(entry) }
  }

  private mutating func checkHeader(_ bytes: [UInt8]) {
    do throws(FormatError) {
      let header = try PackHeader.decode(bytes)
      guard header.id == pack.id, header.store == store, header.tier == pack.facts.tier,
        // The day of expiry is the catalog's to move.
        header.className == pack.facts.className
      else { throw FormatError(.invalid("the header, against the catalog,"), at: 8) }
    } catch {
      find("the header of a pack: \(error.text)", at: UInt64(error.offset))
    }
  }

  private mutating func checkDirectory(_ footer: PackFooter, _ locators: LocatorTable) {
    var at = footer.directoryOffset
    for locator in locators.sorted(by: { $0.offset < $1.offset }) {
      if UInt64(locator.offset) != at { find("the directory has a gap or overlaps", at: at) }
      at = UInt64(locator.offset) + UInt64(locator.length)
      do throws(StoreError) {
        guard let entry = try pack.readEntry(offset: locator.offset, length: locator.length) else {
          erased.append(try pack.readErased(offset: locator.offset, length: locator.length))
          continue
        }
        if KeyHash.of(entry.session) != locator.hash { find("a locator has another session's hash", at: at, entry) }
        if locator.start != Locator.seconds(entry.facts.start ?? entry.facts.firstReceived)
          || locator.end != Locator.seconds(entry.facts.end ?? entry.facts.lastReceived)
        {
          find("a locator gives another time than its entry", at: at, entry)
        }
        if let last = segments.last, (entry.session, entry.ordinal) < (last.session, last.ordinal) {
          find("the directory is not in order", at: at, entry)
        }
        segments.append(entry)
      } catch { find(error) }
    }
    if at != footer.locatorsOffset { find("the directory does not end where the locators begin", at: at) }
  }

  private mutating func checkTotals(_ footer: PackFooter) {
    let facts = pack.facts
    if footer.segments != locatorsCount(facts.segments) || footer.events != facts.events
      || footer.rawBytes != facts.rawBytes || footer.storedBytes != facts.storedBytes
      || footer.packedEvents != facts.packedEvents || footer.firstReceived != facts.firstReceived
      || footer.lastReceived != facts.lastReceived || footer.firstOrdinal != facts.firstOrdinal
      || footer.lastOrdinal != facts.lastOrdinal
    {
      find("footer and catalog disagree", at: facts.fileBytes - UInt64(PackFooter.size))
    }
    guard findings.isEmpty else { return }
    let gone = erased.reduce(into: PackFacts.Erased()) { $0.add($1) }
    let events = segments.reduce(gone.events) { $0 + $1.blocks.reduce(0) { $0 + UInt64($1.events) } }
    let raw = segments.reduce(gone.rawBytes) { $0 + $1.blocks.reduce(0) { $0 + UInt64($1.raw) } }
    let stored = segments.reduce(gone.storedBytes) { $0 + $1.storedBytes }
    if gone != facts.erased {
      // As in a snapshot that shares the file.
      findings.append(
        .init(
          severity: .note, message: "segments erased: \(gone.segments); the catalog knows of \(facts.erased.segments)",
          file: pack.name, offset: nil, length: nil, session: nil, time: nil))
    }
    let packed = segments.reduce(gone.packedEvents) { $0 + $1.facts.packed }
    if events != footer.events || raw != footer.rawBytes || stored != footer.storedBytes
      || packed != footer.packedEvents
    {
      find("the blocks do not add up to what the footer says", at: footer.directoryOffset)
    }
    // Markers do not tell when what they stand for was received.
    guard erased.isEmpty else { return }
    if segments.map(\.facts.firstReceived).min() != footer.firstReceived
      || segments.map(\.facts.lastReceived).max() != footer.lastReceived
      || segments.map(\.ordinal).min() != footer.firstOrdinal || segments.map(\.ordinal).max() != footer.lastOrdinal
      || dictionaries.map({ Set($0) != Set(segments.flatMap(\.dictionaries)) }) ?? false
    {
      find("receipts, ordinals or dictionaries of the segments are not what the pack says", at: footer.directoryOffset)
    }
  }

  private func locatorsCount(_ count: UInt64) -> UInt32 { UInt32(clamping: count) }

  /// What was erased must be zeros, from the first byte to the last.
  private mutating func check(_ entry: ErasedEntry) {
    do throws(StoreError) {
      var at = entry.offset
      while at < entry.offset + entry.length {
        let count = Int(min(1 << 20, entry.offset + entry.length - at))
        let bytes = try pack.read(at: at, count: count, "segment")
        if bytes.contains(where: { $0 != 0 }) {
          find("an erased segment is not all zeros", at: at)
          return
        }
        at += UInt64(count)
      }
    } catch { find(error) }
  }

  private mutating func check(_ entry: SegmentEntry) {
    do throws(StoreError) {
      let length = entry.headerLength
      let bytes = try pack.read(
        at: entry.offset, count: Int(min(length, UInt64(SegmentHeader.sizeLimit))), "segment header")
      // Byte by byte first: cheaper than decoding the names once more, and all there is to do where both agree.
      if bytes != SegmentHeader(of: entry).encode(pack: pack.id, offset: entry.offset) { compareHeader(bytes, entry) }
    } catch { find(error) }
    if let problem = SegmentCheck.problem(entry, in: pack.facts, dictionaries) {
      find(problem, at: entry.offset, entry)
    }
    var tally = SegmentTally(entry)
    let before = findings.count
    for block in entry.blocks {
      blocks += 1
      events += UInt64(block.events)
      check(block, of: entry, &tally)
    }
    guard isDeep, findings.count == before else { return }
    if let problem = tally.problem(against: entry) { find(problem, at: entry.offset, entry) }
  }

  private mutating func compareHeader(_ bytes: [UInt8], _ entry: SegmentEntry) {
    do throws(FormatError) {
      let header = try SegmentHeader.decode(bytes, pack: pack.id, offset: entry.offset)
      guard header == SegmentHeader(of: entry) else {
        throw FormatError(.invalid("a name or length, against the directory,"), at: 24)
      }
    } catch {
      find("a segment header: \(error.text)", at: entry.offset + UInt64(error.offset), entry)
    }
  }

  private mutating func check(
    _ block: BlockEntry, of entry: SegmentEntry, _ tally: inout SegmentTally
  ) {
    let offset = block.frameOffset - UInt64(block.headerLength)
    do throws(StoreError) {
      let bytes = try pack.read(at: offset, count: block.headerLength, "block header")
      do throws(FormatError) {
        let (header, length) = try BlockHeader.decode(bytes, pack: pack.id, offset: offset)
        guard length == block.headerLength, header.stored == UInt32(block.stored), header.raw == UInt32(block.raw),
          header.frameChecksum == block.frameChecksum, header.codec == block.codec,
          Int(header.dictionary) == block.dictionary, header.sequence == block.sequence, header.epoch == block.epoch,
          header.events == block.events, header.runs == block.runs
        else { throw FormatError(.invalid("a value, against the directory,"), at: 8) }
      } catch {
        find("a block header: \(error.text)", at: offset + UInt64(error.offset), entry, block)
      }
      guard isDeep else {
        try pack.checkFrame(block, of: entry.session, through: ahead)
        return
      }
      let content = try decode(block, pack, entry.dictionaries, entry.session)
      if let problem = EventCheck.problem(content, against: block) {
        find("a block: \(problem)", at: block.frameOffset, entry, block)
      } else {
        tally.add(content, block)
      }
    } catch { find(error, entry, block) }
  }

  private mutating func find(
    _ message: String, at offset: UInt64, _ entry: SegmentEntry? = nil, _ block: BlockEntry? = nil
  ) {
    findings.append(
      .init(
        severity: .damage, message: message, file: pack.name, offset: offset, length: block.map { UInt64($0.stored) },
        session: entry?.session, time: time(of: block)))
  }

  /// Of a block it is told where that is, though it be for a dictionary that it cannot be read.
  private mutating func find(_ error: StoreError, _ entry: SegmentEntry? = nil, _ block: BlockEntry? = nil) {
    let isElsewhere = error.location?.file != pack.name
    findings.append(
      .init(
        severity: .damage, message: error.message, file: pack.name,
        offset: isElsewhere ? block?.frameOffset : error.location?.offset,
        length: isElsewhere ? block.map { UInt64($0.stored) } : error.location?.length,
        session: error.location?.session ?? entry?.session, time: time(of: block)))
  }

  private func time(of block: BlockEntry?) -> ClosedRange<Timestamp>? {
    guard let block, block.flags.contains(.hasRange) else { return nil }
    return Timestamp(millisecondsSince1970: Double(block.first))...Timestamp(millisecondsSince1970: Double(block.last))
  }
}
