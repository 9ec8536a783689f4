/// Where a batch lies in a journal, and what finding it by time needs; as it is handed out. In memory it is kept as a
/// `PackedRecord`.
struct LiveRecord: Sendable, Equatable {
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    /// `first` and `last` are set.
    static let hasRange = Flags(rawValue: 1)
    static let hasKeyframe = Flags(rawValue: 2)
    /// Timestamps never fall within it, and all are plausible.
    static let isSorted = Flags(rawValue: 4)
    /// The batch came with an ID: `batchMark` is set.
    static let hasBatchID = Flags(rawValue: 8)
  }

  var offset: UInt64
  var headLength: UInt32
  var payloadLength: UInt32
  var sequence: UInt64
  /// Plausible range, rounded outward where it was kept.
  var first: Double
  var last: Double
  /// Low half of the key hash of the batch ID. Enough to find the few heads worth reading: whether a batch was accepted
  /// before its head decides.
  var batchMark: UInt32
  var events: UInt32
  var window: UInt16
  var flags: Flags

  var nextSequence: UInt64 { sequence + UInt64(events) }
}
