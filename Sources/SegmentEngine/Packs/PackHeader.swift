/// The first 128 bytes of a pack (FORMAT.md "Packs", header).
package struct PackHeader: Sendable, Equatable {
  package static let size = 128
  static let magic: UInt32 = 0x4B50_4753  // SGPK
  static let version: UInt16 = 1

  package var tier: PackFacts.Tier
  package var expiryDay: UInt32
  package var store: Identifier
  package var id: Identifier
  package var created: Double
  package var className: String

  func encode() -> [UInt8] {
    var writer = ByteWriter(reserving: Self.size)
    let name = Array(className.utf8.prefix(FormatLimits.className))
    writer.u32(Self.magic)
    writer.u32(0)
    writer.u16(Self.version)
    writer.u8(tier.rawValue)
    writer.u8(0)
    writer.u32(expiryDay)
    writer.identifier(store)
    writer.identifier(id)
    writer.time(created)
    writer.u8(UInt8(name.count))
    writer.raw(name)
    writer.zeros(Self.size - writer.count)
    writer.patch(Checksum.plain(writer.bytes, 8..<Self.size), at: 4)
    return writer.bytes
  }

  package static func decode(_ bytes: [UInt8]) throws(FormatError) -> PackHeader {
    guard bytes.count == size else { throw FormatError(.truncated, at: 0) }
    var reader = ByteReader(bytes)
    guard try reader.u32() == magic else { throw FormatError(.wrongMagic, at: 0) }
    guard try reader.u32() == Checksum.plain(bytes, 8..<size) else { throw FormatError(.wrongChecksum, at: 4) }
    _ = try FormatVersion.read(&reader, at: 8)
    guard let tier = PackFacts.Tier(rawValue: try reader.u8()) else { throw FormatError(.invalid("tier"), at: 10) }
    try reader.skip(1)
    return PackHeader(
      tier: tier, expiryDay: try reader.u32(), store: try reader.identifier(), id: try reader.identifier(),
      created: try reader.time(), className: try reader.string("class", limit: FormatLimits.className))
  }
}
