extension ErasedEntry {
  /// What is left of a segment when it is destroyed: where it was, and its sums.
  init(_ entry: SegmentEntry) {
    self.init(
      offset: entry.offset, length: entry.length, events: entry.blocks.reduce(0) { $0 + UInt64($1.events) },
      rawBytes: entry.blocks.reduce(0) { $0 + UInt64($1.raw) }, storedBytes: entry.storedBytes,
      packedEvents: entry.facts.packed)
  }
}
