/// What the catalog says of a pack.
package struct PackFacts: Sendable, Hashable {
  package enum Tier: UInt8, Sendable, Hashable { case recent = 1, archive = 2 }

  package var id: Identifier
  package var fileBytes: UInt64
  /// Bytes of locators and footer at the end of the file: one read opens a pack.
  package var footerBytes: UInt64
  package var tier: Tier
  package var className: String
  /// Days since 1970 UTC; 0: never.
  package var expiryDay: UInt32
  package var segments: UInt64
  package var events: UInt64
  package var rawBytes: UInt64
  package var storedBytes: UInt64
  /// Events that hold data compressed by the recorder.
  package var packedEvents: UInt64
  package var firstReceived: Double
  package var lastReceived: Double
  package var firstOrdinal: UInt64
  package var lastOrdinal: UInt64
  package var dictionaries: [Identifier]

  func encode(into writer: inout ByteWriter) {
    writer.identifier(id)
    writer.varint(fileBytes)
    writer.varint(footerBytes)
    writer.u8(tier.rawValue)
    writer.string(className)
    writer.varint(UInt64(expiryDay))
    for value in [segments, events, rawBytes, storedBytes, packedEvents] { writer.varint(value) }
    writer.time(firstReceived)
    writer.time(lastReceived)
    writer.varint(firstOrdinal)
    writer.varint(lastOrdinal)
    writer.varint(dictionaries.count)
    for dictionary in dictionaries { writer.identifier(dictionary) }
  }

  static func decode(_ reader: inout ByteReader) throws(FormatError) -> PackFacts {
    let id = try reader.identifier()
    let fileBytes = try reader.varint()
    let footerBytes = try reader.varint()
    let tierAt = reader.position
    guard let tier = Tier(rawValue: try reader.u8()) else { throw FormatError(.invalid("tier"), at: tierAt) }
    let className = try reader.string("class", limit: FormatLimits.className)
    let expiryDay = UInt32(try reader.count("expiry day", limit: Int(UInt32.max)))
    let segments = try reader.varint()
    let events = try reader.varint()
    let rawBytes = try reader.varint()
    let storedBytes = try reader.varint()
    let packedEvents = try reader.varint()
    let firstReceived = try reader.time()
    let lastReceived = try reader.time()
    let firstOrdinal = try reader.varint()
    let lastOrdinal = try reader.varint()
    var dictionaries: [Identifier] = []
    for _ in 0..<(try reader.listCount("dictionaries", entry: 16)) { dictionaries.append(try reader.identifier()) }
    return PackFacts(
      id: id, fileBytes: fileBytes, footerBytes: footerBytes, tier: tier, className: className, expiryDay: expiryDay,
      segments: segments, events: events, rawBytes: rawBytes, storedBytes: storedBytes, packedEvents: packedEvents,
      firstReceived: firstReceived,
      lastReceived: lastReceived, firstOrdinal: firstOrdinal, lastOrdinal: lastOrdinal, dictionaries: dictionaries)
  }
}
