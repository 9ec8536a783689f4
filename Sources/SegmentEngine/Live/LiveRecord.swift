/// Where a batch lies in a journal, and what finding it by time needs: 56 bytes in memory.
struct LiveRecord: Sendable {
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    /// `first` and `last` are set.
    static let hasRange = Flags(rawValue: 1)
    static let hasKeyframe = Flags(rawValue: 2)
    /// Timestamps never fall within it, and all are plausible.
    static let isSorted = Flags(rawValue: 4)
  }

  var offset: UInt64
  var headLength: UInt32
  var payloadLength: UInt32
  var sequence: UInt64
  /// Plausible range.
  var first: Double
  var last: Double
  /// Key hash of the batch ID; 0: none.
  var batchHash: UInt64
  var events: UInt32
  var window: UInt16
  var flags: Flags

  var nextSequence: UInt64 { sequence + UInt64(events) }
}
