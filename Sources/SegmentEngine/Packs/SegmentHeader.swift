/// What stands before the blocks of a segment (FORMAT.md "Segment header"): enough, with the headers of the blocks, to
/// rebuild the directory when it is lost.
package struct SegmentHeader: Sendable, Equatable {
  static let magic: UInt32 = 0x4853_4753  // SGSH
  static let fixedSize = 24
  /// Longest header: names, windows and dictionaries at their limits.
  static let sizeLimit = 16 << 20

  package var blocksLength: UInt32
  package var ordinal: UInt64
  package var session: SessionKey
  package var visitor: String
  package var windows: [String]
  package var dictionaries: [Identifier]

  func encode(pack: Identifier, offset: UInt64) -> [UInt8] {
    var writer = ByteWriter(reserving: 256)
    writer.u32(Self.magic)
    writer.u32(0)
    writer.u32(0)
    writer.u32(blocksLength)
    writer.u64(ordinal)
    writer.segmentNames(session, visitor, windows, dictionaries)
    writer.patch(UInt32(writer.count), at: 8)
    writer.patch(Checksum.placed(pack, offset, writer.bytes, 8..<writer.count), at: 4)
    return writer.bytes
  }

  /// The length of the header that begins with `bytes` (at least 24), not yet checked.
  static func length(_ bytes: [UInt8]) throws(FormatError) -> Int {
    var reader = ByteReader(bytes)
    guard try reader.u32() == magic else { throw FormatError(.wrongMagic, at: 0) }
    try reader.skip(4)
    let length = Int(try reader.u32())
    guard length >= fixedSize, length <= sizeLimit else { throw FormatError(.invalid("length"), at: 8) }
    return length
  }

  /// Decodes a header that is `bytes` from first to last.
  package static func decode(_ bytes: [UInt8], pack: Identifier, offset: UInt64) throws(FormatError) -> SegmentHeader {
    guard try length(bytes) == bytes.count else { throw FormatError(.truncated, at: 8) }
    var reader = ByteReader(bytes)
    try reader.skip(4)
    guard try reader.u32() == Checksum.placed(pack, offset, bytes, 8..<bytes.count) else {
      throw FormatError(.wrongChecksum, at: 4)
    }
    try reader.skip(4)
    let blocksLength = try reader.u32()
    let ordinal = try reader.u64()
    let names = try reader.segmentNames()
    guard reader.remaining == 0 else { throw FormatError(.invalid("length"), at: reader.position) }
    return SegmentHeader(
      blocksLength: blocksLength, ordinal: ordinal, session: names.session, visitor: names.visitor,
      windows: names.windows, dictionaries: names.dictionaries)
  }
}

extension SegmentHeader {
  /// What a directory entry says that stands before its blocks.
  init(of entry: SegmentEntry) {
    self.init(
      blocksLength: UInt32(clamping: entry.length - min(entry.length, entry.headerLength)), ordinal: entry.ordinal,
      session: entry.session, visitor: entry.visitor, windows: entry.windows, dictionaries: entry.dictionaries)
  }
}

extension ByteWriter {
  mutating func segmentNames(
    _ session: SessionKey, _ visitor: String, _ windows: [String], _ dictionaries: [Identifier]
  ) {
    string(session.project)
    string(session.id)
    string(visitor)
    varint(windows.count)
    for window in windows { string(window) }
    varint(dictionaries.count)
    for dictionary in dictionaries { identifier(dictionary) }
  }
}

extension ByteReader {
  mutating func segmentNames() throws(FormatError) -> (
    session: SessionKey, visitor: String, windows: [String], dictionaries: [Identifier]
  ) {
    let session = try sessionKey()
    let visitor = try string("visitor", limit: FormatLimits.visitor)
    var windows: [String] = []
    for _ in 0..<(try listCount("windows")) { windows.append(try string("window", limit: FormatLimits.window)) }
    var dictionaries: [Identifier] = []
    for _ in 0..<(try listCount("dictionaries", entry: 16)) { dictionaries.append(try identifier()) }
    guard dictionaries.count < 256 else { throw FormatError(.tooLarge("dictionaries"), at: position) }
    return (session, visitor, windows, dictionaries)
  }
}
