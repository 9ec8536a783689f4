internal import Logging
internal import SegmentCodecs
internal import SegmentFiles

/// Turns sealed journals into one recent pack: every session's records, in order of sequence, as one segment.
///
/// Reads record by record and writes block by block: memory is bounded by one batch and one block, and by the directory.
struct Flush {
  /// A session and what it has in the journals that are flushed, in order of ordinal.
  struct Input {
    var key: SessionKey
    var visitor: String
    var nextSequence: UInt64
    var windows: [String]
    var parts: [LivePart]
  }

  struct Output {
    var facts: PackFacts
    var locators: LocatorTable
    /// Records that could not be read, with what is wrong.
    var damages: [StoreError]
  }

  let environment: StoreEnvironment
  let layout: Layout
  let configuration: Configuration
  let store: Identifier
  let journals: [Identifier: JournalFile]
  /// The dictionary that a project's new blocks use.
  let dictionary: (_ project: String) throws(StoreError) -> (Identifier, ZstdDictionary)?

  /// Writes and installs the pack; it is not yet in the catalog. Nil where there is nothing to write.
  func run(_ sessions: [Input]) throws(StoreError) -> Output? {
    if sessions.isEmpty { return nil }
    let header = PackHeader(
      tier: .recent, expiryDay: 0, store: store, id: environment.newIdentifier(), created: environment.clock.now(),
      className: "")
    let writer = try inStore(layout) { () throws(FileError) in try PackWriter(header, environment, layout) }
    do {
      let encoder = try BlockEncoder(.recent, configuration)
      var damages: [StoreError] = []
      for session in sessions.sorted(by: { $0.key < $1.key }) {
        try write(session, to: writer, encoder, &damages)
      }
      let done = try inStore(layout) { () throws(FileError) in try writer.finish() }
      return Output(facts: done.facts, locators: done.locators, damages: damages)
    } catch {
      // A session may have been erased since its journals were read: that is looked at when it is committed.
      writer.abandon(overwriting: true)
      throw error
    }
  }

  private func write(
    _ session: Input, to writer: PackWriter, _ encoder: BlockEncoder, _ damages: inout [StoreError]
  ) throws(StoreError) {
    let inForce = try dictionary(session.key.project)
    let dictionaries = inForce.map { [$0.0] } ?? []
    let ordinal = session.parts.map(\.ordinal).max() ?? 0
    writer.beginSegment(
      SegmentHeader(
        blocksLength: 0, ordinal: ordinal, session: session.key, visitor: session.visitor, windows: session.windows,
        dictionaries: dictionaries))
    var gathered = Gathered()
    var builder = encoder.builder()
    let emit = { (block: BlockBuilder.Block) throws(StoreError) in
      try encoder.write(block, inForce?.1, to: writer)
    }
    for part in session.parts {
      gathered.add(part)
      for record in part.records {
        do throws(StoreError) {
          guard let journal = journals[part.journal.id] else {
            throw StoreError(.notFound, "journal \(part.journal.id) is not open")
          }
          let batch = try journal.readBatch(
            at: record.offset, headLength: Int(record.headLength), payloadLength: Int(record.payloadLength))
          guard batch.head.sequence >= gathered.next ?? 0 else {
            throw StoreError.damaged(
              "a record gives sequences again that another one has", file: journal.name, offset: record.offset,
              session: session.key)
          }
          gathered.add(batch, part)
          if let distance = part.metaDistances[record.sequence] {
            builder.note(meta: record.sequence - UInt64(distance), window: Int(record.window))
          }
          try append(batch, epoch: part.epoch, window: Int(record.window), to: &builder, emit)
        } catch  where error.code == .damaged {
          // Its events are a gap in the segment; the journal is kept for salvage.
          damages.append(error)
        }
      }
    }
    try builder.finish(emit)
    let entry = SegmentEntry(
      offset: 0, length: 0, ordinal: ordinal, sequence: gathered.first ?? session.nextSequence,
      session: session.key, visitor: session.visitor, windows: session.windows, dictionaries: dictionaries,
      facts: gathered.facts ?? gathered.factsOfEdits(or: environment.clock.now()), tags: gathered.tags,
      finished: gathered.finished, rule: "", rate: 1, batches: gathered.batches, blocks: [])
    try inStore(layout) { () throws(FileError) in try writer.endSegment(entry) }
  }

  private func append(
    _ batch: JournalBatch, epoch: UInt64, window: Int, to builder: inout BlockBuilder,
    _ emit: (BlockBuilder.Block) throws(StoreError) -> Void
  ) throws(StoreError) {
    let plausibility = batch.head.plausibility(batch.batch)
    var at = 0
    for (ordinal, entry) in batch.batch.table.entries.enumerated() {
      let end = at + entry.length + 1
      try builder.add(
        BlockEvent(
          bytes: at..<end, kind: entry.kind, timestamp: entry.timestamp,
          isPlausible: plausibility.holds(entry.timestamp), window: window,
          sequence: batch.head.sequence + UInt64(ordinal), epoch: epoch),
        from: batch.ndjson, emit)
      at = end
    }
  }
}

/// What a segment's entry says, as it comes together from the journal.
private struct Gathered {
  var facts: SegmentFacts?
  /// First and last receipt of tags and finish in parts without events.
  var edited: (Double, Double)?
  var tags: [TimedTag] = []
  var finished: Double?
  var batches: [BatchEntry] = []
  var first: UInt64?
  /// Sequence behind the last event.
  var next: UInt64?

  /// Facts of a segment without events.
  func factsOfEdits(or now: Double) -> SegmentFacts {
    var facts = SegmentFacts(received: edited?.0 ?? now)
    facts.lastReceived = edited?.1 ?? now
    return facts
  }

  mutating func add(_ part: LivePart) {
    tags += part.tags
    finished = part.finished ?? finished
    // Facts are those of the events that are really there; a segment without any still tells when it was received.
    if part.records.isEmpty { edited = (edited?.0 ?? part.facts.firstReceived, part.facts.lastReceived) }
  }

  mutating func add(_ batch: JournalBatch, _ part: LivePart) {
    let head = batch.head
    first = first ?? head.sequence
    next = head.sequence + UInt64(head.events)
    merge(batch.batch.facts(head.plausibility(batch.batch), received: head.received))
    if !batch.batch.batchID.isEmpty {
      batches.append(
        BatchEntry(
          hash: KeyHash.of([batch.batch.batchID]), rawChecksum: batch.batch.rawChecksum,
          rawLength: UInt64(head.rawLength), sequence: head.sequence, events: head.events, received: head.received))
    }
  }

  private mutating func merge(_ more: SegmentFacts) {
    if facts == nil { facts = more } else { facts?.merge(more) }
  }
}
