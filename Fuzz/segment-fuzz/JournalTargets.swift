import SegmentScanner

@testable import SegmentEngine

/// The parts of a journal (FORMAT.md "Journals"). What has a checksum is tried as it comes, and again with one that fits.
enum JournalTargets {
  static let record = FuzzTarget(
    name: "record",
    seeds: { CodecCase.samples("record of events", "record of tags", "record of a finish", "erased record") },
    run: { bytes in
      checkRecord(bytes)
      var sealed = bytes
      sealed.put(UInt32(sealed.count), at: 16)
      sealed.put(CodecSamples.offset, at: 8)
      CodecCase.sealed(&sealed) { Checksum.placed(CodecSamples.file, CodecSamples.offset, $0, $1) }
      checkRecord(sealed)
    })

  static let headers = FuzzTarget(
    name: "journal-headers",
    seeds: {
      zip(0..., CodecCase.samples("group header", "journal header", "durable mark", "lock record")).map {
        [UInt8($0)] + $1.prefix(96)
      }
    },
    run: { bytes in
      let (kind, rest) = bytes.choice
      checkHeader(kind % 4, rest)
      var sealed = rest.sized([GroupHeader.size, JournalHeader.size, DurableMark.size, LockRecord.size][Int(kind % 4)])
      if kind % 4 == 0 {
        CodecCase.sealed(&sealed) { Checksum.placed(CodecSamples.file, CodecSamples.offset, $0, $1) }
      } else {
        CodecCase.sealed(&sealed) { Checksum.plain($0, $1) }
      }
      checkHeader(kind % 4, sealed)
    })

  static let scan = FuzzTarget(name: "journal-scan", seeds: { JournalImage.seeds }, run: checkScan)

  private static func checkRecord(_ bytes: [UInt8]) {
    let (file, offset) = (CodecSamples.file, CodecSamples.offset)
    guard let head = accepted({ try RecordHead.decode(bytes, at: 0, journal: file, offset: offset) }) else { return }
    check(head, within: bytes.count)
  }

  private static func check(_ head: RecordHead, within count: Int) {
    require(head.headLength <= count && head.headLength >= RecordHead.fixedSize, "a head longer than its bytes")
    require(head.size >= UInt64(head.headLength), "a record shorter than its head")
    require(head.received.isFinite, "an impossible time")
    guard case .events(let batch) = head.details else { return }
    require(batch.table.entries.count == head.events, "another number of events than the table's")
    require(batch.pages.allSatisfy { $0.event < max(1, head.events) }, "a page of no event")
    require(batch.table.entries.allSatisfy { $0.timestamp.isFinite && $0.timestamp >= 0 }, "an impossible time")
    // As recovery does with it.
    var facts = SegmentFacts(received: head.received)
    let plausibility = head.plausibility(batch)
    for entry in batch.table.entries { facts.add(entry, isPlausible: plausibility.holds(entry.timestamp)) }
    for page in batch.pages { facts.addPage(page.href) }
    require(facts.events == UInt64(head.events), "another number of events than the facts'")
    var writer = ByteWriter()
    batch.encode(into: &writer)
    var reader = ByteReader(writer.bytes)
    let again = accepted { try BatchDetails.decode(&reader, events: head.events) }
    require(again == batch && reader.remaining == 0, "what was read does not read the same when it is written again")
  }

  private static func checkHeader(_ kind: UInt8, _ bytes: [UInt8]) {
    let (file, offset) = (CodecSamples.file, CodecSamples.offset)
    switch kind {
    case 0:
      guard let header = accepted({ try GroupHeader.decode(bytes, at: 0, journal: file, offset: offset) }) else {
        return
      }
      require(header.end > offset && header.end % GroupHeader.alignment == 0, "a group that ends nowhere")
      let again = accepted { try GroupHeader.decode(header.encode(), at: 0, journal: file, offset: offset) }
      require(again == header, "a group header differs when it is written again")
    case 1:
      guard let header = accepted({ try JournalHeader.decode(bytes) }) else { return }
      require(accepted { try JournalHeader.decode(header.encode()) } == header, "a journal header differs")
    case 2:
      guard let mark = DurableMark.decode(bytes) else { return }
      require(DurableMark.decode(mark.encode()) == mark, "a durable mark differs")
    default:
      guard let lock = LockRecord.decode(bytes) else { return }
      require(LockRecord.decode(lock.encode()) != nil, "a lock record cannot be read when it is written again")
    }
  }

  private static func checkScan(_ input: [UInt8]) {
    let (choice, image) = input.choice
    var bytes = image
    if choice & 1 == 0 { JournalImage.seal(&bytes) }
    let mark = UInt64(choice >> 3) * 1_024
    let trust: JournalTrust =
      switch choice >> 1 & 3 {
      case 0: .sealed(end: UInt64(bytes.count))
      case 1: .sealed(end: mark)
      case 2: .durableOnly(mark: mark)
      default: .all(mark: mark)
      }
    let size = UInt64(bytes.count)
    do {
      var scan = try JournalScan(ImageFile(bytes), id: CodecSamples.file)
      var records = 0
      try scan.run(from: JournalImage.start, trust: trust, checkingPayloads: choice & 128 == 0) { found in
        records += 1
        check(found.head, within: bytes.count)
        require(
          found.payloadOffset + UInt64(found.head.payloadLength) <= size, "a payload that reaches beyond the file")
      }
      require(records == scan.records, "another number of records than was counted")
      require(
        scan.end + scan.tornBytes <= max(JournalImage.start, size + GroupHeader.alignment), "an end beyond the file")
      require(scan.damages.allSatisfy { $0.offset <= size }, "damage beyond the file: \(scan.damages)")
    } catch {
      fatalError("reading an image failed: \(error)")
    }
  }
}
