internal import SegmentCodecs
internal import SegmentScanner

/// What the events of a segment are, block by block, to be held against what its directory entry says of them.
struct SegmentTally {
  private var kinds: [EventKind: (events: UInt64, bytes: UInt64)] = [:]
  private var clicks: UInt64 = 0
  private var errors: UInt64 = 0
  private var packed: UInt64 = 0
  private var pageCount: UInt64 = 0
  private var pages: [String] = []
  /// Windows of Meta events, by sequence.
  private var metas: [UInt64: Int] = [:]
  /// In order of sequence: what was seen of each batch.
  private var batches: [(entry: BatchEntry, checksum: UInt32, length: UInt64, events: Int)]
  private var nextBatch = 0

  init(_ entry: SegmentEntry) {
    batches = entry.batches.sorted { $0.sequence < $1.sequence }.map { ($0, 0, 0, 0) }
  }

  /// Takes the events of a block, each valid, one on each line.
  mutating func add(_ ndjson: [UInt8], _ block: BlockEntry) {
    guard let scanned = try? unsafe BatchScanner.scan(ndjson.span.bytes, receiveTime: 0, invalid: .skip) else { return }
    var run = 0
    var runEnd = block.runs.first?.events ?? 0
    for (ordinal, event) in scanned.events.enumerated() {
      let kind = EventKind(rawValue: event.kind.rawValue)
      kinds[kind, default: (0, 0)].events += 1
      kinds[kind, default: (0, 0)].bytes += UInt64(event.length) + 1
      if event.flags.contains(.click) { clicks += 1 }
      if event.flags.contains(.error) { errors += 1 }
      if event.flags.contains(.packed) { packed += 1 }
      while ordinal >= runEnd, run + 1 < block.runs.count {
        run += 1
        runEnd += block.runs[run].events
      }
      if kind == .meta { metas[block.sequence + UInt64(ordinal)] = block.runs[run].window }
    }
    for page in scanned.pages {
      pageCount += 1
      if pages.count < FormatLimits.pagesPerSegment, !pages.contains(page.href) { pages.append(page.href) }
    }
    addToBatches(ndjson, scanned.events, from: block.sequence)
  }

  /// The events of a batch follow each other, though not always in one block.
  private mutating func addToBatches(_ ndjson: [UInt8], _ events: [ScannedEvent], from sequence: UInt64) {
    var ordinal = 0
    while ordinal < events.count, nextBatch < batches.count {
      let at = sequence + UInt64(ordinal)
      let batch = batches[nextBatch].entry
      let (end, overflow) = batch.sequence.addingReportingOverflow(UInt64(batch.events))
      if overflow || end <= at {
        nextBatch += 1
        continue
      }
      if batch.sequence > at {
        ordinal += Int(min(batch.sequence - at, UInt64(events.count - ordinal)))
        continue
      }
      let count = Int(min(end - at, UInt64(events.count - ordinal)))
      let after = ordinal + count
      let bytes = events[ordinal].offset..<(after < events.count ? events[after].offset : ndjson.count)
      batches[nextBatch].checksum = CRC32C.checksum(ndjson, in: bytes, seed: batches[nextBatch].checksum)
      batches[nextBatch].length += UInt64(bytes.count)
      batches[nextBatch].events += count
      ordinal = after
    }
  }

  /// What the entry says otherwise; nil where it says the same.
  func problem(against entry: SegmentEntry) -> String? {
    let facts = entry.facts
    let claimed = (0..<64).reduce(into: [EventKind: UInt64]()) { found, code in
      let kind = EventKind(rawValue: UInt8(code))
      if facts.events(of: kind) > 0 { found[kind] = facts.events(of: kind) }
    }
    if claimed != kinds.mapValues(\.events) || facts.rawBytes != kinds.values.reduce(0, { $0 + $1.bytes })
      || facts.tallies.contains(where: { kinds[$0.kind]?.bytes ?? 0 != $0.rawBytes })
    {
      return "the counts of events by kind are not those of its blocks"
    }
    if facts.clicks != clicks || facts.errors != errors || facts.packed != packed {
      return "the counts of clicks, errors or packed events are not those of its blocks"
    }
    if facts.pageCount != pageCount || Array(facts.pages) != pages { return "the pages are not those of its blocks" }
    for batch in batches where batch.events == batch.entry.events && batch.events > 0 {
      if batch.checksum != batch.entry.rawChecksum || batch.length != batch.entry.rawLength {
        return "a batch of \(batch.events) events from \(batch.entry.sequence) on is not the one the index says"
      }
    }
    for block in entry.blocks {
      for keyframe in block.keyframes where keyframe.metaDistance > 0 {
        let (meta, isNegative) = (block.sequence + UInt64(keyframe.ordinal)).subtractingReportingOverflow(
          UInt64(keyframe.metaDistance))
        // It may stand in an earlier segment.
        if isNegative || (meta >= entry.sequence && metas[meta] != keyframe.window) {
          return "the Meta event of a keyframe is not where the index says"
        }
      }
    }
    return nil
  }
}
