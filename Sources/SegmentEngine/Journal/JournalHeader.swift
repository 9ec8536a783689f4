/// The first page of a journal (FORMAT.md "Journals").
package struct JournalHeader: Sendable, Equatable {
  package static let size = 4_096
  static let magic: UInt32 = 0x4C4A_4753  // SGJL
  static let version: UInt16 = 1

  package var store: Identifier
  package var id: Identifier
  package var ordinal: UInt64
  package var epoch: UInt64
  package var created: Double

  package func encode() -> [UInt8] {
    var writer = ByteWriter(reserving: Self.size)
    writer.u32(Self.magic)
    writer.u32(0)
    writer.u16(Self.version)
    writer.zeros(6)
    writer.identifier(store)
    writer.identifier(id)
    writer.u64(ordinal)
    writer.u64(epoch)
    writer.time(created)
    writer.zeros(Self.size - writer.count)
    writer.patch(Checksum.plain(writer.bytes, 8..<Self.size), at: 4)
    return writer.bytes
  }

  package static func decode(_ bytes: [UInt8]) throws(FormatError) -> JournalHeader {
    guard bytes.count == size else { throw FormatError(.truncated, at: 0) }
    var reader = ByteReader(bytes)
    guard try reader.u32() == magic else { throw FormatError(.wrongMagic, at: 0) }
    guard try reader.u32() == Checksum.plain(bytes, 8..<size) else { throw FormatError(.wrongChecksum, at: 4) }
    _ = try FormatVersion.read(&reader, at: 8)
    try reader.skip(6)
    return JournalHeader(
      store: try reader.identifier(), id: try reader.identifier(), ordinal: try reader.u64(),
      epoch: try reader.u64(), created: try reader.time())
  }
}
