/// The batches a session has in a journal, in order and without a gap in their sequences: 32 bytes each.
///
/// Iterating gives them as `LiveRecord`s; O(n).
struct LiveRecords: Sequence, Sendable {
  private var packed: [PackedRecord] = []
  /// What the records are kept relative to.
  private var base = PackedRecord.Base()
  /// Sequence behind the last event.
  private var nextSequence: UInt64 = 0

  var count: Int { packed.count }
  var isEmpty: Bool { packed.isEmpty }

  /// Adds a record. Returns false, and adds nothing, where it does not follow on or is too far from the others; an
  /// empty list takes any.
  mutating func append(_ record: LiveRecord) -> Bool {
    if packed.isEmpty {
      base = PackedRecord.Base(offset: record.offset)
    } else if record.sequence != nextSequence {
      return false
    }
    // The first one with a range sets what the ranges count from.
    if base.time == nil, record.flags.contains(.hasRange) { base.time = record.first.rounded(.down) }
    guard let added = PackedRecord(record, base: base) else { return false }
    packed.appendTightly(added)
    nextSequence = record.nextSequence
    return true
  }

  func makeIterator() -> Iterator {
    Iterator(rest: packed[...], base: base, sequence: packed.reduce(nextSequence) { $0 - UInt64($1.events) })
  }

  struct Iterator: IteratorProtocol {
    fileprivate var rest: ArraySlice<PackedRecord>
    fileprivate let base: PackedRecord.Base
    fileprivate var sequence: UInt64

    mutating func next() -> LiveRecord? {
      guard let record = rest.popFirst() else { return nil }
      defer { sequence += UInt64(record.events) }
      return record.unpacked(sequence: sequence, base: base)
    }
  }
}

extension Array {
  /// Appends with little room to spare: doubling would leave up to half of a live session's memory unused. Amortised O(1).
  mutating func appendTightly(_ element: Element) {
    makeTightRoom()
    append(element)
  }

  /// Room for one more element, or a quarter more where there are many.
  mutating func makeTightRoom() {
    if count == capacity { reserveCapacity(count + Swift.max(1, count / 4)) }
  }
}
