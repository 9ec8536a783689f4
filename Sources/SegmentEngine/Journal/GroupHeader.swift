/// The header of a commit group (FORMAT.md "Journals"): records that became durable together.
package struct GroupHeader: Sendable, Equatable {
  package static let size = 64
  static let magic: UInt32 = 0x5247_4753  // SGGR
  /// Groups start at multiples of this.
  package static let alignment: UInt64 = 4_096

  package var journal: Identifier
  package var offset: UInt64
  /// All of the journal below this offset was durable when the group was written.
  package var durable: UInt64
  /// Bytes of header and records, without the zeros up to the next page.
  package var length: UInt32
  package var records: UInt32
  package var written: Double

  /// Offset behind the group and its padding.
  package var end: UInt64 { Self.aligned(offset + UInt64(length)) }

  package static func aligned(_ offset: UInt64) -> UInt64 { (offset + alignment - 1) / alignment * alignment }

  func encode() -> [UInt8] {
    var writer = ByteWriter(reserving: Self.size)
    writer.u32(Self.magic)
    writer.u32(0)
    writer.identifier(journal)
    writer.u64(offset)
    writer.u64(durable)
    writer.u32(length)
    writer.u32(records)
    writer.time(written)
    writer.zeros(8)
    writer.patch(Checksum.placed(journal, offset, writer.bytes, 8..<Self.size), at: 4)
    return writer.bytes
  }

  /// Decodes the header at `start` of `bytes`, which stands at `offset` of the journal.
  package static func decode(
    _ bytes: [UInt8], at start: Int, journal: Identifier, offset: UInt64
  ) throws(FormatError) -> GroupHeader {
    guard bytes.count - start >= size else { throw FormatError(.truncated, at: start) }
    var reader = ByteReader(bytes, in: start..<start + size)
    guard try reader.u32() == magic else { throw FormatError(.wrongMagic, at: start) }
    guard try reader.u32() == Checksum.placed(journal, offset, bytes, start + 8..<start + size) else {
      throw FormatError(.wrongChecksum, at: start + 4)
    }
    let header = GroupHeader(
      journal: try reader.identifier(), offset: try reader.u64(), durable: try reader.u64(),
      length: try reader.u32(), records: try reader.u32(), written: try reader.time())
    guard header.journal == journal, header.offset == offset, header.durable <= offset, header.length >= size else {
      throw FormatError(.invalid("group header"), at: start + 8)
    }
    return header
  }
}
