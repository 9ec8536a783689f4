internal import SegmentCodecs

/// What the live sessions take from a batch, worked out before any lock is held.
struct BatchDigest: Sendable {
  var facts: SegmentFacts
  var summary: BatchSummary
  /// Key hash of the batch ID; 0: none.
  var batchHash: UInt64

  init(_ batch: BatchDetails, _ plausibility: Plausibility, received: Double) {
    facts = batch.facts(plausibility, received: received)
    summary = BatchSummary(batch.table, plausibility)
    batchHash = batch.batchID.isEmpty ? 0 : KeyHash.of([batch.batchID])
  }

  /// What is kept of `batchHash`.
  var batchMark: UInt32 { UInt32(truncatingIfNeeded: batchHash) }

  var flags: LiveRecord.Flags { batchHash == 0 ? summary.flags : summary.flags.union(.hasBatchID) }
}

/// What a live record says of its batch.
struct BatchSummary {
  var first = 0.0
  var last = 0.0
  var flags: LiveRecord.Flags = [.isSorted]
  /// Its first keyframe has no Meta event before it in the batch.
  var needsMeta = false
  /// Ordinal of a Meta event that no FullSnapshot follows.
  var openMeta: Int?

  init(_ table: EventTable, _ plausibility: Plausibility) {
    var previous = -Double.infinity
    for (ordinal, entry) in table.entries.enumerated() {
      if entry.kind == .meta { openMeta = ordinal }
      if entry.kind == .fullSnapshot {
        if !flags.contains(.hasKeyframe) { needsMeta = openMeta == nil }
        flags.insert(.hasKeyframe)
        openMeta = nil
      }
      if entry.timestamp < previous { flags.remove(.isSorted) }
      previous = entry.timestamp
      guard plausibility.holds(entry.timestamp) else {
        flags.remove(.isSorted)
        continue
      }
      if flags.contains(.hasRange) {
        first = min(first, entry.timestamp)
        last = max(last, entry.timestamp)
      } else {
        first = entry.timestamp
        last = entry.timestamp
        flags.insert(.hasRange)
      }
    }
  }
}

extension BatchDetails {
  /// The facts of the batch alone.
  func facts(_ plausibility: Plausibility, received: Double) -> SegmentFacts {
    var facts = SegmentFacts(received: received)
    for entry in table.entries { facts.add(entry, isPlausible: plausibility.holds(entry.timestamp)) }
    for page in pages { facts.addPage(page.href) }
    return facts
  }
}
