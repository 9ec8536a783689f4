/// What a session has in one journal: all of it, or a run of its batches that fit together (see `LiveRecords`).
struct LivePart: Sendable {
  let journal: JournalIdentity
  var facts: SegmentFacts
  private(set) var records = LiveRecords()
  /// Tag changes in order, with their times.
  var tags: [TimedTag] = []
  /// For the few batches whose first keyframe has its Meta event in a batch before: sequence of the batch, and how many
  /// events before it the Meta event stands.
  private(set) var metaDistances: [UInt64: Int] = [:]
  // Times are finite: infinity says none in 8 bytes instead of 16.
  private var finishedOrInfinity = Double.infinity

  init(_ journal: JournalIdentity, received: Double) {
    self.journal = journal
    facts = SegmentFacts(received: received)
  }

  var ordinal: UInt64 { journal.ordinal }
  var epoch: UInt64 { journal.epoch }
  var finished: Double? {
    get { finishedOrInfinity.isFinite ? finishedOrInfinity : nil }
    set { finishedOrInfinity = newValue ?? .infinity }
  }
  /// Bytes of payloads; O(n).
  var storedBytes: UInt64 { records.reduce(0) { $0 + UInt64($1.payloadLength) } }
  /// Bytes of NDJSON.
  var rawBytes: UInt64 { facts.rawBytes }

  /// Takes in a batch. Returns false, and takes in nothing, where its record does not fit with those that are there; a part
  /// without records takes any.
  mutating func append(_ record: LiveRecord, _ facts: SegmentFacts, metaDistance: Int = 0) -> Bool {
    guard records.append(record) else { return false }
    if metaDistance > 0 { metaDistances[record.sequence] = metaDistance }
    // Tags and finish count as receipts only until there are events.
    if records.count == 1 { self.facts = facts } else { self.facts.merge(facts) }
    return true
  }
}

/// A tag change and when it was made.
package struct TimedTag: Sendable, Hashable {
  package var change: TagChange
  package var time: Double
}
