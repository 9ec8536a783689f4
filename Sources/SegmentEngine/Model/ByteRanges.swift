/// Where the blocks that hold a range of time lie, for clients that fetch and decode them by themselves.
public struct ByteRanges: Sendable, Hashable {
  /// One block: a zstd frame of NDJSON.
  public struct Block: Sendable, Hashable {
    /// Its name, by which `ReplayStore.storedBlock` gives it.
    public var id: BlockID
    /// The pack, relative to the store. When it is gone the range is too: ask again.
    public var file: String
    /// Offset of the frame, bytes.
    public var offset: UInt64
    /// Length of the frame, bytes.
    public var length: Int
    /// Length of its content, bytes.
    public var rawLength: Int
    /// `zstd`, or `none` where the content is stored as it is.
    public var codec: String
    /// The dictionary it needs; nil for none.
    public var dictionary: DictionaryID?
    /// Sequence of its first event.
    public var firstSequence: UInt64
    /// Number of events.
    public var events: Int
    /// First and last plausible timestamp, rounded outward to whole milliseconds; nil where there is none.
    public var time: ClosedRange<Timestamp>?
    /// How many keyframes it holds.
    public var keyframes: Int

    /// `FILE?range=bytes=A-B`, the last byte included, as in an HTTP Range header.
    public var description: String { "\(file)?range=bytes=\(offset)-\(offset + UInt64(length) - 1)" }
  }

  /// The blocks in order of sequence.
  public var blocks: [Block]
  /// The sequence from which on events are still in the journal and have no byte range yet; nil where none are.
  public var liveFrom: UInt64?
}

/// The name of a dictionary.
public struct DictionaryID: Hashable, Sendable, CustomStringConvertible {
  let identifier: Identifier

  init(_ identifier: Identifier) { self.identifier = identifier }

  /// Reads 32 hexadecimal digits; nil for anything else.
  public init?(_ text: String) {
    guard let identifier = Identifier(text) else { return nil }
    self.identifier = identifier
  }

  /// 32 hexadecimal digits.
  public var description: String { identifier.description }
}
