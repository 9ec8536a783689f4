/// A keyframe and its place in a block.
package struct KeyframeEntry: Sendable, Equatable {
  /// Place in the segment's list of windows.
  package var window: Int
  /// Ordinal of the FullSnapshot in its block.
  package var ordinal: Int
  /// Byte offset of the FullSnapshot in the block's content.
  package var offset: Int
  /// How many events before it, in the session, its Meta event stands; 0: it has none.
  package var metaDistance: Int
  package var timestamp: Double
}

/// What the directory says of a block (FORMAT.md "A block in the directory").
package struct BlockEntry: Sendable, Equatable {
  package struct Flags: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let hasRange = Flags(rawValue: 1)
    package static let isSorted = Flags(rawValue: 2)
    package static let hasImplausible = Flags(rawValue: 4)
  }

  /// Offset of the frame in the pack.
  package var frameOffset: UInt64
  package var headerLength: Int
  package var stored: Int
  package var raw: Int
  package var frameChecksum: UInt32
  package var codec: BlockCodec
  package var dictionary: Int
  package var sequence: UInt64
  package var events: Int
  package var epoch: UInt64
  package var flags: Flags
  /// Plausible range, whole milliseconds, rounded outward.
  package var first: Int64
  package var last: Int64
  package var runs: [WindowRun]
  package var keyframes: [KeyframeEntry]

  package var nextSequence: UInt64 { sequence + UInt64(events) }

  func encode(into writer: inout ByteWriter, expecting sequence: UInt64, previousFirst: Int64) {
    writer.varint(headerLength)
    writer.varint(stored)
    writer.varint(raw)
    writer.u32(frameChecksum)
    writer.u8(codec.rawValue)
    writer.u8(UInt8(dictionary))
    writer.varint(events)
    writer.varint(self.sequence - sequence)
    writer.varint(epoch)
    writer.u8(flags.rawValue)
    if flags.contains(.hasRange) {
      writer.zigzag(first - previousFirst)
      writer.varint(UInt64(last - first))
    }
    writer.windowRuns(runs)
    writer.varint(keyframes.count)
    for keyframe in keyframes {
      writer.varint(keyframe.window)
      writer.varint(keyframe.ordinal)
      writer.varint(keyframe.offset)
      writer.varint(keyframe.metaDistance)
      writer.instant(keyframe.timestamp, base: flags.contains(.hasRange) ? first : 0)
    }
  }

  /// Decodes an entry for the block whose header stands at `offset` of the pack.
  static func decode(
    _ reader: inout ByteReader, at offset: UInt64, expecting sequence: UInt64, previousFirst: Int64, windows: Int,
    dictionaries: Int
  ) throws(FormatError) -> BlockEntry {
    let start = reader.position
    let headerLength = try reader.count("header length", limit: Int(UInt16.max))
    let stored = try reader.count("stored length", limit: 2 * FormatLimits.blockBytes)
    let raw = try reader.count("raw length", limit: FormatLimits.blockBytes)
    let frameChecksum = try reader.u32()
    guard let codec = BlockCodec(rawValue: try reader.u8()) else { throw FormatError(.invalid("codec"), at: start) }
    let dictionary = Int(try reader.u8())
    guard dictionary <= dictionaries else { throw FormatError(.invalid("dictionary"), at: start) }
    let events = try reader.count("events", limit: raw)
    let (first, overflow) = sequence.addingReportingOverflow(try reader.varint())
    guard !overflow, !first.addingReportingOverflow(UInt64(events)).overflow else {
      throw FormatError(.tooLarge("sequence"), at: start)
    }
    let epoch = try reader.varint()
    let flags = Flags(rawValue: try reader.u8())
    var range: (Int64, Int64) = (0, 0)
    if flags.contains(.hasRange) {
      let (low, lowOverflow) = previousFirst.addingReportingOverflow(try reader.zigzag())
      let span = try reader.count("range", limit: 1 << 53)
      guard !lowOverflow, low.magnitude < 1 << 54 else { throw FormatError(.invalid("range"), at: start) }
      range = (low, low + Int64(span))
    }
    let runs = try reader.windowRuns()
    guard runs.reduce(0, { $0 + $1.events }) == events, runs.allSatisfy({ $0.window < windows }) else {
      throw FormatError(.invalid("runs"), at: start)
    }
    var keyframes: [KeyframeEntry] = []
    for _ in 0..<(try reader.listCount("keyframes", entry: 5)) {
      let window = try reader.count("window", limit: max(0, windows - 1))
      let ordinal = try reader.count("ordinal", limit: max(0, events - 1))
      let place = try reader.count("offset", limit: max(0, raw - 1))
      let metaDistance = try reader.count("distance", limit: 1 << 40)
      keyframes.append(
        KeyframeEntry(
          window: window, ordinal: ordinal, offset: place, metaDistance: metaDistance,
          timestamp: try reader.instant(base: flags.contains(.hasRange) ? range.0 : 0)))
    }
    return BlockEntry(
      frameOffset: offset + UInt64(headerLength), headerLength: headerLength, stored: stored, raw: raw,
      frameChecksum: frameChecksum, codec: codec, dictionary: dictionary, sequence: first, events: events,
      epoch: epoch, flags: flags, first: range.0, last: range.1, runs: runs, keyframes: keyframes)
  }
}
