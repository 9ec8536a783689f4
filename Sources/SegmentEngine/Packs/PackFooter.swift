/// The last 128 bytes of a pack (FORMAT.md "Footer").
package struct PackFooter: Sendable, Equatable {
  package static let size = 128
  static let magic: UInt32 = 0x4650_4753  // SGPF

  package var id: Identifier
  package var fileBytes: UInt64
  package var directoryOffset: UInt64
  package var locatorsOffset: UInt64
  package var segments: UInt32
  package var locatorsChecksum: UInt32
  package var events: UInt64
  package var rawBytes: UInt64
  package var storedBytes: UInt64
  package var firstReceived: Double
  package var lastReceived: Double
  package var firstOrdinal: UInt64
  package var lastOrdinal: UInt64
  package var packedEvents: UInt64

  func encode() -> [UInt8] {
    var writer = ByteWriter(reserving: Self.size)
    writer.u32(Self.magic)
    writer.u32(0)
    writer.identifier(id)
    writer.u64(fileBytes)
    writer.u64(directoryOffset)
    writer.u64(locatorsOffset)
    writer.u32(segments)
    writer.u32(locatorsChecksum)
    writer.u64(events)
    writer.u64(rawBytes)
    writer.u64(storedBytes)
    writer.time(firstReceived)
    writer.time(lastReceived)
    writer.u64(firstOrdinal)
    writer.u64(lastOrdinal)
    writer.u64(packedEvents)
    writer.zeros(4)
    writer.u32(Self.magic)
    writer.patch(Checksum.placed(id, fileBytes - UInt64(Self.size), writer.bytes, 8..<Self.size), at: 4)
    return writer.bytes
  }

  /// Decodes the footer in the last bytes of `bytes`, which end where a file of `fileBytes` ends.
  package static func decode(_ bytes: [UInt8], fileBytes: UInt64, pack: Identifier) throws(FormatError) -> PackFooter {
    let start = bytes.count - size
    guard start >= 0, fileBytes >= UInt64(size + PackHeader.size) else { throw FormatError(.truncated, at: 0) }
    var reader = ByteReader(bytes, in: start..<bytes.count)
    guard try reader.u32() == magic else { throw FormatError(.wrongMagic, at: start) }
    let offset = fileBytes - UInt64(size)
    guard try reader.u32() == Checksum.placed(pack, offset, bytes, start + 8..<bytes.count) else {
      throw FormatError(.wrongChecksum, at: start + 4)
    }
    let footer = PackFooter(
      id: try reader.identifier(), fileBytes: try reader.u64(), directoryOffset: try reader.u64(),
      locatorsOffset: try reader.u64(), segments: try reader.u32(), locatorsChecksum: try reader.u32(),
      events: try reader.u64(), rawBytes: try reader.u64(), storedBytes: try reader.u64(),
      firstReceived: try reader.time(), lastReceived: try reader.time(), firstOrdinal: try reader.u64(),
      lastOrdinal: try reader.u64(), packedEvents: try reader.u64())
    guard footer.id == pack, footer.fileBytes == fileBytes, footer.directoryOffset >= UInt64(PackHeader.size),
      footer.directoryOffset <= footer.locatorsOffset, footer.locatorsOffset <= offset,
      offset - footer.locatorsOffset == UInt64(footer.segments) * UInt64(Locator.size)
    else { throw FormatError(.invalid("footer"), at: start + 8) }
    return footer
  }
}
