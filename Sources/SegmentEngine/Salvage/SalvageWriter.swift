internal import SegmentFiles

/// Writes what was found of sessions into packs of the new store, each where it lay.
///
/// Blocks that are whole are copied as they are; what was put together from headers, parts of blocks and records of journals
/// is cut and compressed anew, without a dictionary. Memory: one block of either kind, and the directories being written.
final class SalvageWriter {
  private let environment: StoreEnvironment
  private let target: Layout
  private let configuration: Configuration
  private let store: Identifier
  private let dictionaries: SalvageDictionaries
  private var writers: [Placement: PackWriter] = [:]
  private var encoders: [PackFacts.Tier: BlockEncoder] = [:]
  private(set) var made: [PackFacts] = []
  /// What could be read when it was looked for and cannot now.
  private(set) var failures: [StoreError] = []

  init(
    _ environment: StoreEnvironment, _ target: Layout, _ configuration: Configuration, store: Identifier,
    _ dictionaries: SalvageDictionaries
  ) {
    self.environment = environment
    self.target = target
    self.configuration = configuration
    self.store = store
    self.dictionaries = dictionaries
  }

  /// Writes a session's segments. Sessions come in order.
  func write(_ session: SessionKey, _ parts: [SalvagePart], _ plans: [SalvagePlan]) throws(StoreError) {
    for plan in plans { try write(session, parts[plan.part], plan) }
  }

  func finish() throws(StoreError) {
    for placement in writers.keys.sorted(by: { ($0.tier.rawValue, $0.className) < ($1.tier.rawValue, $1.className) }) {
      try finish(placement)
    }
  }

  func abandon() {
    for writer in writers.values { writer.abandon(overwriting: false) }
    writers = [:]
  }

  private func finish(_ placement: Placement) throws(StoreError) {
    guard let writer = writers.removeValue(forKey: placement) else { return }
    made.append(try inStore(target) { () throws(FileError) in try writer.finish() }.facts)
  }

  private func writer(for placement: Placement) throws(StoreError) -> PackWriter {
    if let writer = writers[placement] {
      if writer.length < UInt64(configuration.packBytes) { return writer }
      try finish(placement)
    }
    let header = PackHeader(
      tier: placement.tier, expiryDay: placement.expiryDay, store: store, id: environment.newIdentifier(),
      created: environment.clock.now(), className: placement.className)
    let writer = try inStore(target) { () throws(FileError) in try PackWriter(header, environment, target) }
    writers[placement] = writer
    return writer
  }

  private func encoder(_ tier: PackFacts.Tier) throws(StoreError) -> BlockEncoder {
    if let encoder = encoders[tier] { return encoder }
    let encoder = try BlockEncoder(tier, configuration)
    encoders[tier] = encoder
    return encoder
  }

  /// What a segment says besides its blocks, as it comes together.
  private struct Gathered {
    var facts: SegmentFacts?
    var batches: [BatchEntry] = []

    mutating func add(_ more: SegmentFacts) {
      if facts == nil { facts = more } else { facts?.merge(more) }
    }
  }

  private func write(_ session: SessionKey, _ part: SalvagePart, _ plan: SalvagePlan) throws(StoreError) {
    let writer = try writer(for: part.placement)
    let named = names(part, plan)
    writer.beginSegment(
      SegmentHeader(
        blocksLength: 0, ordinal: part.ordinal, session: session, visitor: part.visitor, windows: part.windows,
        dictionaries: named))
    let encoder = try encoder(part.placement.tier)
    var builder = encoder.builder()
    let emit = { (block: BlockBuilder.Block) throws(StoreError) in try encoder.write(block, nil, to: writer) }
    var gathered = Gathered()
    for piece in plan.pieces {
      let unit = part.units[piece.unit]
      do throws(StoreError) {
        switch part.source {
        case .segment(let pack, let remains):
          let block = remains.blocks[unit.place].entry
          let content = try dictionaries.content(
            of: block, in: pack, dictionaries: remains.dictionaries, session: session)
          try SegmentRemains.check(content, against: block, isRebuilt: remains.entry == nil, pack, session)
          let events = SalvagedEvents(
            content, block, isRebuilt: remains.entry == nil, received: part.received.first)
          let ordinals =
            Int(piece.range.lowerBound - unit.range.lowerBound)..<Int(piece.range.upperBound - unit.range.lowerBound)
          gathered.add(events.facts(of: ordinals, received: part.received))
          if remains.entry != nil, piece.range == unit.range {
            try builder.finish(emit)
            builder = encoder.builder()
            var copy = block
            copy.dictionary =
              block.dictionary == 0 ? 0 : (named.firstIndex(of: remains.dictionaries[block.dictionary - 1]) ?? -1) + 1
            let frame = try pack.readFrame(block, of: session)
            let moved = copy
            try inStore(target) { () throws(FileError) in try writer.add(moved, frame: frame) }
          } else {
            try add(events, of: block, ordinals, content, to: &builder, emit)
          }
        case .records(let journal, let records, let epoch):
          try add(records.records[unit.place], piece.range, epoch, of: journal, to: &builder, &gathered, emit)
        }
      } catch {
        guard error.isLoss, error.location?.file.map({ !$0.hasPrefix("temporary/") }) ?? false else { throw error }
        failures.append(error)
      }
    }
    try builder.finish(emit)
    let entry = entry(session, part, plan, named, gathered)
    try inStore(target) { () throws(FileError) in try writer.endSegment(entry) }
  }

  /// The dictionaries that the blocks that are copied name.
  private func names(_ part: SalvagePart, _ plan: SalvagePlan) -> [Identifier] {
    guard case .segment(_, let remains) = part.source, remains.entry != nil else { return [] }
    var named: [Identifier] = []
    for piece in plan.pieces {
      let block = remains.blocks[part.units[piece.unit].place].entry
      guard block.dictionary > 0, block.dictionary <= remains.dictionaries.count else { continue }
      let id = remains.dictionaries[block.dictionary - 1]
      if !named.contains(id) { named.append(id) }
    }
    return named
  }

  private func add(
    _ events: SalvagedEvents, of block: BlockEntry, _ ordinals: Range<Int>, _ content: [UInt8],
    to builder: inout BlockBuilder, _ emit: (BlockBuilder.Block) throws(StoreError) -> Void
  ) throws(StoreError) {
    let from = block.sequence + UInt64(ordinals.lowerBound)
    for keyframe in block.keyframes where keyframe.metaDistance > 0 && ordinals.contains(keyframe.ordinal) {
      let sequence = block.sequence + UInt64(keyframe.ordinal)
      guard UInt64(keyframe.metaDistance) <= sequence else { continue }
      let meta = sequence - UInt64(keyframe.metaDistance)
      if meta < from { builder.note(meta: meta, window: keyframe.window) }
    }
    var ordinal = 0
    for run in block.runs {
      for _ in 0..<run.events {
        defer { ordinal += 1 }
        guard ordinals.contains(ordinal) else { continue }
        let line = events.lines[ordinal]
        let entry = events.table.entries[ordinal]
        try builder.add(
          BlockEvent(
            bytes: line.lowerBound..<line.upperBound + 1, kind: entry.kind, timestamp: entry.timestamp,
            span: events.span(ordinal), isPlausible: events.isPlausible(ordinal), window: run.window,
            sequence: block.sequence + UInt64(ordinal), epoch: block.epoch),
          from: content, emit)
      }
    }
  }

  private func add(
    _ record: SalvagedRecord, _ range: Range<UInt64>, _ epoch: UInt64, of journal: JournalFile,
    to builder: inout BlockBuilder, _ gathered: inout Gathered,
    _ emit: (BlockBuilder.Block) throws(StoreError) -> Void
  ) throws(StoreError) {
    let batch = try journal.readBatch(
      at: record.offset, headLength: Int(record.headLength), payloadLength: Int(record.payloadLength))
    let plausibility = batch.head.plausibility(batch.batch)
    var facts = SegmentFacts(received: batch.head.received)
    var at = 0
    for (ordinal, entry) in batch.batch.table.entries.enumerated() {
      let end = at + entry.length + 1
      defer { at = end }
      let sequence = record.sequence + UInt64(ordinal)
      guard range.contains(sequence) else { continue }
      let isPlausible = plausibility.holds(entry.timestamp)
      facts.add(entry, isPlausible: isPlausible)
      try builder.add(
        BlockEvent(
          bytes: at..<end, kind: entry.kind, timestamp: entry.timestamp, isPlausible: isPlausible,
          window: Int(record.window), sequence: sequence, epoch: epoch),
        from: batch.ndjson, emit)
    }
    for page in batch.batch.pages where range.contains(record.sequence + UInt64(page.event)) {
      facts.addPage(page.href)
    }
    gathered.add(facts)
    if !batch.batch.batchID.isEmpty {
      gathered.batches.append(
        BatchEntry(
          hash: KeyHash.of([batch.batch.batchID]), rawChecksum: batch.batch.rawChecksum,
          rawLength: UInt64(batch.head.rawLength), sequence: batch.head.sequence, events: batch.head.events,
          received: batch.head.received))
    }
  }

  private func entry(
    _ session: SessionKey, _ part: SalvagePart, _ plan: SalvagePlan, _ named: [Identifier], _ gathered: Gathered
  ) -> SegmentEntry {
    var facts = SegmentFacts(received: part.received.first)
    facts.lastReceived = part.received.last
    if let found = gathered.facts { facts = found }
    var batches = gathered.batches
    var decided: (rule: String, rate: Double) = ("", 1)
    if case .segment(_, let remains) = part.source, let entry = remains.entry {
      decided = (entry.rule, entry.rate)
      let isAll =
        plan.pieces.count == entry.blocks.count
        && zip(plan.pieces, entry.blocks).allSatisfy { $0.range == $1.sequence..<$1.nextSequence }
      if isAll, failures.isEmpty { facts = entry.facts }
      // One none of whose events is there may be sent again.
      batches = entry.batches.filter { batch in
        let end = batch.sequence &+ UInt64(batch.events)
        return plan.pieces.contains { batch.sequence < $0.range.upperBound && $0.range.lowerBound < end }
      }
    }
    return SegmentEntry(
      offset: 0, length: 0, ordinal: part.ordinal, sequence: plan.sequence, session: session, visitor: part.visitor,
      windows: part.windows, dictionaries: named, facts: facts, tags: plan.hasEdits ? part.tags : [],
      finished: plan.hasEdits ? part.finished : nil, rule: decided.rule, rate: decided.rate, batches: batches,
      blocks: [])
  }
}
