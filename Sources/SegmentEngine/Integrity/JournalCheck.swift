internal import SegmentFiles

/// Checks one journal: header, groups, records, and with `isDeep` that the events are what the heads say.
struct JournalCheck {
  private let core: StoreCore
  private let facts: JournalFacts
  private let isDeep: Bool
  private let isWritten: Bool
  private(set) var findings: [VerifyReport.Finding] = []
  private(set) var events: UInt64 = 0
  private(set) var bytes: UInt64 = 0
  private(set) var ranges: [Verifier.SequenceRange] = []

  init(_ core: StoreCore, _ facts: JournalFacts, isDeep: Bool, isWritten: Bool) {
    self.core = core
    self.facts = facts
    self.isDeep = isDeep
    self.isWritten = isWritten
  }

  mutating func run() throws(StoreError) {
    let journal = try JournalFile(
      facts.id, core.environment, core.layout, patch: core.catalog.state.patch(ofJournal: facts.id))
    try checkHeader(journal)
    let position =
      DurableMark.read(core.environment, core.layout).flatMap { $0.journal == facts.id ? $0.position : nil } ?? 0
    let trust: JournalTrust
    if let end = facts.sealedEnd {
      trust = .sealed(end: end)
    } else {
      trust = isWritten ? .durableOnly(mark: position) : .all(mark: position)
    }
    var found: [FoundRecord] = []
    let (scan, size) = try inStore(core.layout) { () throws(FileError) in
      var scan = try JournalScan(journal.file, id: facts.id)
      try scan.run(trust: trust) { found.append($0) }
      return (scan, try journal.file.facts().size)
    }
    bytes = size
    for damage in scan.damages {
      // Where a payload is damaged its head still tells whose events they were, and of when.
      let head = found.first { !$0.isPayloadValid && $0.payloadOffset == damage.offset }?.head
      find(.damage, damage.what, journal.name, damage.offset, damage.length, head?.session, head.flatMap(time))
    }
    if scan.tornBytes > 0, !isWritten {
      find(
        .note, "a write was cut short here; nothing acknowledged as synced is in it", journal.name, scan.end,
        scan.tornBytes)
    }
    if let end = facts.sealedEnd, size > end, !(try isZero(journal, from: end, to: size)) {
      find(
        .note, "something stands behind the end of the sealed journal; it is not part of it", journal.name, end,
        size - end)
    }
    for record in found { try check(record, in: journal) }
  }

  private mutating func checkHeader(_ journal: JournalFile) throws(StoreError) {
    let page = try inStore(core.layout) { () throws(FileError) in
      try journal.file.readBytes(at: 0, count: JournalHeader.size)
    }
    do throws(FormatError) {
      let header = try JournalHeader.decode(page)
      guard header.id == facts.id, header.store == core.catalog.state.store, header.ordinal == facts.ordinal,
        header.epoch == facts.epoch
      else { throw FormatError(.invalid("the header, against the catalog,"), at: 16) }
    } catch {
      find(.damage, "the header of a journal: \(error.text)", journal.name, UInt64(error.offset), nil)
    }
  }

  private mutating func check(_ record: FoundRecord, in journal: JournalFile) throws(StoreError) {
    let head = record.head
    // A writer may have committed since the catalog was read.
    if !isWritten, head.appliedCommit > core.catalog.state.commit {
      find(.damage, "a record names a commit that never was", journal.name, head.offset, nil, head.session)
    }
    guard case .events(let batch) = head.details else { return }
    // Buried, and not yet overwritten here.
    if core.catalog.state.isErased(head.session) { return }
    events += UInt64(head.events)
    let range = head.sequence..<head.sequence + UInt64(head.events)
    if !range.isEmpty {
      if let last = ranges.indices.last, ranges[last].session == head.session,
        ranges[last].sequences.upperBound == range.lowerBound
      {
        ranges[last].sequences = ranges[last].sequences.lowerBound..<range.upperBound
      } else {
        ranges.append(
          .init(hash: KeyHash.of(head.session), session: head.session, sequences: range, file: journal.name))
      }
    }
    guard isDeep, record.isPayloadValid else { return }
    do {
      let content = try journal.readBatch(
        at: head.offset, headLength: head.headLength, payloadLength: head.payloadLength)
      if let problem = EventCheck.problem(content.ndjson, received: head.received, against: batch) {
        find(.damage, problem, journal.name, head.offset, nil, head.session)
      }
    } catch  where error.code == .damaged {
      find(.damage, error.message, journal.name, error.location?.offset, nil, head.session)
    }
  }

  private func isZero(_ journal: JournalFile, from: UInt64, to: UInt64) throws(StoreError) -> Bool {
    var at = from
    while at < to {
      let count = Int(min(1 << 20, to - at))
      let bytes = try inStore(core.layout) { () throws(FileError) in try journal.file.readBytes(at: at, count: count) }
      if bytes.contains(where: { $0 != 0 }) { return false }
      if bytes.isEmpty { return true }
      at += UInt64(bytes.count)
    }
    return true
  }

  private mutating func find(
    _ severity: VerifyReport.Finding.Severity, _ message: String, _ file: String, _ offset: UInt64?,
    _ length: UInt64?, _ session: SessionKey? = nil, _ time: ClosedRange<Timestamp>? = nil
  ) {
    findings.append(
      .init(
        severity: severity, message: message, file: file, offset: offset, length: length, session: session, time: time))
  }

  /// From the first to the last plausible timestamp of a batch.
  private func time(_ head: RecordHead) -> ClosedRange<Timestamp>? {
    guard case .events(let batch) = head.details else { return nil }
    let plausibility = head.plausibility(batch)
    let times = batch.table.entries.map(\.timestamp).filter { plausibility.holds($0) }
    guard let first = times.min(), let last = times.max() else { return nil }
    return Timestamp(millisecondsSince1970: first)...Timestamp(millisecondsSince1970: last)
  }
}
