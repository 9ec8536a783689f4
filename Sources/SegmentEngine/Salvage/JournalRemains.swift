internal import SegmentFiles

/// A batch in a journal.
struct SalvagedRecord {
  var offset: UInt64
  var headLength: UInt32
  var payloadLength: UInt32
  var sequence: UInt64
  var events: UInt32
  /// Place in the list of windows of its part.
  var window: UInt32

  var range: Range<UInt64> { sequence..<sequence + UInt64(events) }
}

/// What one journal holds of a session.
struct JournalPart {
  var source: Int
  var visitor = ""
  var windows: [String] = []
  /// In order of sequence.
  var records: [SalvagedRecord] = []
  var tags: [TimedTag] = []
  var finished: Double?
  /// First and last receipt.
  var received: (first: Double, last: Double)
}

/// Reads the records of a journal, whatever became of its groups.
struct JournalRemains {
  private(set) var parts: [SessionKey: JournalPart] = [:]
  /// What cannot be read; with a session and sequences where a record's head still tells them.
  private(set) var losses: [SalvageReport.Loss] = []
  private(set) var notes: [String] = []
  /// The highest commit of the catalog that the records say is in a journal.
  private(set) var applied: UInt64 = 0
  let file: JournalFile

  private let facts: SalvageSource.Journal
  private let layout: Layout

  init(_ facts: SalvageSource.Journal, _ source: SalvageSource) throws(StoreError) {
    self.facts = facts
    layout = source.layout
    file = try JournalFile(
      facts.id, at: facts.path, source.environment, source.layout,
      patch: source.catalog.state?.patch(ofJournal: facts.id, isKeptAside: facts.isKeptAside))
  }

  /// Reads all; `mark` is up to where the store knows it to be durable, `isErased` tells sessions that are not to be read.
  mutating func read(
    from source: Int, mark: UInt64, isErased: (SessionKey) -> Bool
  ) throws(StoreError) {
    let (records, damages) = try scan(mark)
    for damage in damages {
      losses.append(
        .init(file: file.name, offset: damage.offset, length: damage.length, reason: damage.what))
    }
    for record in records where record.head.details != .erased {
      applied = max(applied, record.head.appliedCommit)
      if isErased(record.head.session) { continue }
      try take(record.head, from: source)
    }
    for key in parts.keys {
      // A record that another one repeats is never in a sound journal; the first one counts.
      parts[key]?.records.sort { ($0.sequence, $0.offset) < ($1.sequence, $1.offset) }
    }
  }

  private mutating func scan(_ mark: UInt64) throws(StoreError) -> ([FoundRecord], [JournalDamage]) {
    var found: [FoundRecord] = []
    let file = self.file.file
    let id = facts.id
    do throws(FileError) {
      if let end = facts.sealedEnd {
        var scan = try JournalScan(file, id: id)
        try scan.run(trust: .sealed(end: end)) { found.append($0) }
        return (found, scan.damages.filter { $0.what != Self.padding })
      }
      var sound = try JournalScan(file, id: id)
      try sound.run(trust: .all(mark: mark)) { _ in }
      // Behind what is known to have been durable a write that was cut short may stand, or whole records behind a hole.
      var all = try JournalScan(file, id: id)
      try all.run(trust: .all(mark: try file.facts().size)) { found.append($0) }
      if sound.tornBytes > 0 {
        notes.append(
          "\(self.file.name): a write was cut short at \(sound.end); nothing acknowledged as synced is in it")
      }
      return (found, sound.damages.filter { $0.what != Self.padding })
    } catch {
      let failure = StoreError(error, in: layout)
      guard failure.isLoss else { throw failure }
      return (found, [JournalDamage(offset: 0, length: 0, what: failure.message)])
    }
  }

  /// Bytes that mean nothing.
  private static let padding = "padding is not zero"

  private mutating func take(_ head: RecordHead, from source: Int) throws(StoreError) {
    switch head.details {
    case .erased: return
    case .tags(let changes):
      var part = part(of: head, from: source)
      part.tags += changes.map { TimedTag(change: $0, time: head.received) }
      parts[head.session] = part
    case .finish:
      var part = part(of: head, from: source)
      part.finished = head.received
      parts[head.session] = part
    case .events(let batch):
      do throws(StoreError) {
        let read = try file.readBatch(at: head.offset, headLength: head.headLength, payloadLength: head.payloadLength)
        if let problem = EventCheck.problem(read.ndjson, against: batch.table) {
          throw .damaged(problem, file: file.name, offset: head.offset, session: head.session)
        }
      } catch {
        guard error.isLoss else { throw error }
        let times = batch.table.entries.map(\.timestamp).filter { head.plausibility(batch).holds($0) }
        losses.append(
          .init(
            file: file.name, offset: head.offset, length: head.size, session: head.session,
            sequences: head.sequence..<head.sequence + UInt64(head.events),
            time: times.min().flatMap { first in
              times.max().map {
                Timestamp(millisecondsSince1970: first)...Timestamp(millisecondsSince1970: $0)
              }
            }, reason: error.salvageText))
        return
      }
      add(batch, head, source)
    }
  }

  private mutating func add(_ batch: BatchDetails, _ head: RecordHead, _ source: Int) {
    var part = part(of: head, from: source)
    let name = ExactName(batch.window)
    var window = part.windows.firstIndex { ExactName($0) == name }
    if window == nil, part.windows.count < FormatLimits.windowsPerSegment - 1 {
      window = part.windows.count
      part.windows.append(batch.window)
    }
    if part.visitor.isEmpty { part.visitor = batch.visitor }
    part.records.append(
      SalvagedRecord(
        offset: head.offset, headLength: UInt32(head.headLength), payloadLength: UInt32(head.payloadLength),
        sequence: head.sequence, events: UInt32(head.events), window: UInt32(window ?? 0)))
    parts[head.session] = part
  }

  /// Taken out, so that what is in it is changed in place.
  private mutating func part(of head: RecordHead, from source: Int) -> JournalPart {
    var part =
      parts.removeValue(forKey: head.session) ?? JournalPart(source: source, received: (head.received, head.received))
    part.received.last = max(part.received.last, head.received)
    return part
  }
}

extension StoreError {
  /// The message without the advice to salvage.
  var salvageText: String { message.withoutAdvice }
}

extension String {
  /// A message about damage without the advice that ends it.
  var withoutAdvice: String { split(separator: "; run engine-tool verify").first.map(String.init) ?? self }
}
