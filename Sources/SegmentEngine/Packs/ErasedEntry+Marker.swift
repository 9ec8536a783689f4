extension SegmentEntry {
  /// The shortest marker of an erased segment: no directory entry is shorter.
  static let erasedSize = 15
}

extension ErasedEntry {
  /// The marker that takes the place of a directory entry of `length` bytes (FORMAT.md "Directory entry"). Nil where it
  /// does not fit, which a real entry's length never comes near.
  func marker(pack: Identifier, at entryOffset: UInt64, length: Int) -> [UInt8]? {
    var writer = ByteWriter(reserving: length)
    writer.u32(UInt32(clamping: length))
    writer.u32(0)
    writer.u8(SegmentEntry.State.erased)
    encode(into: &writer)
    guard writer.count <= length else { return nil }
    writer.zeros(length - writer.count)
    writer.patch(Checksum.placed(pack, entryOffset, writer.bytes, 8..<length), at: 4)
    return writer.bytes
  }

  /// What the marker in a directory says; nil where the entry is another one. `bytes` are the whole entry.
  static func decode(_ bytes: [UInt8], pack: Identifier, at entryOffset: UInt64) throws(FormatError) -> ErasedEntry? {
    var reader = ByteReader(bytes)
    guard Int(try reader.u32()) == bytes.count else { throw FormatError(.truncated, at: 0) }
    guard try reader.u32() == Checksum.placed(pack, entryOffset, bytes, 8..<bytes.count) else {
      throw FormatError(.wrongChecksum, at: 4)
    }
    guard try reader.u8() == SegmentEntry.State.erased else { return nil }
    let entry = try decode(&reader)
    guard reader.restIsZero() else { throw FormatError(.invalid("erased segment"), at: reader.position) }
    return entry
  }
}
