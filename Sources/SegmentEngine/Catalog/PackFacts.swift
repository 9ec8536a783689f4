/// What the catalog says of a pack.
package struct PackFacts: Sendable, Hashable {
  package enum Tier: UInt8, Sendable, Hashable {
    case recent = 1
    case archive = 2
  }

  /// What was destroyed in it since it was written.
  package struct Erased: Sendable, Hashable {
    package var segments: UInt64 = 0
    package var events: UInt64 = 0
    package var rawBytes: UInt64 = 0
    package var storedBytes: UInt64 = 0
    package var packedEvents: UInt64 = 0
    /// Bytes of segments that read as zeros now.
    package var bytes: UInt64 = 0

    mutating func add(_ entry: ErasedEntry) {
      segments += 1
      events += entry.events
      rawBytes += entry.rawBytes
      storedBytes += entry.storedBytes
      packedEvents += entry.packedEvents
      bytes += entry.length
    }

    mutating func add(_ other: Erased) {
      segments += other.segments
      events += other.events
      rawBytes += other.rawBytes
      storedBytes += other.storedBytes
      packedEvents += other.packedEvents
      bytes += other.bytes
    }

    func encode(into writer: inout ByteWriter) {
      for value in [segments, events, rawBytes, storedBytes, packedEvents, bytes] { writer.varint(value) }
    }

    static func decode(_ reader: inout ByteReader) throws(FormatError) -> Erased {
      let at = reader.position
      let erased = Erased(
        segments: try reader.varint(), events: try reader.varint(), rawBytes: try reader.varint(),
        storedBytes: try reader.varint(), packedEvents: try reader.varint(), bytes: try reader.varint())
      for value in [
        erased.segments, erased.events, erased.rawBytes, erased.storedBytes, erased.packedEvents, erased.bytes,
      ]
      where value >= 1 << 56 { throw FormatError(.tooLarge("what was erased"), at: at) }
      return erased
    }
  }

  package var id: Identifier
  package var fileBytes: UInt64
  /// Bytes of locators and footer at the end of the file: one read opens a pack.
  package var footerBytes: UInt64
  package var tier: Tier
  package var className: String
  /// Days since 1970 UTC: it may go from the start of that day on; 0: never. A policy may move it after the pack was made.
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
  package var erased = Erased()

  /// Sizes as they are now: what was destroyed takes no room any longer.
  package var liveSegments: UInt64 { segments - min(segments, erased.segments) }
  package var liveEvents: UInt64 { events - min(events, erased.events) }
  package var liveRawBytes: UInt64 { rawBytes - min(rawBytes, erased.rawBytes) }
  package var liveStoredBytes: UInt64 { storedBytes - min(storedBytes, erased.storedBytes) }
  package var livePackedEvents: UInt64 { packedEvents - min(packedEvents, erased.packedEvents) }
  package var liveBytes: UInt64 { fileBytes - min(fileBytes, erased.bytes) }

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
    erased.encode(into: &writer)
  }

  static func decode(_ reader: inout ByteReader) throws(FormatError) -> PackFacts {
    let id = try reader.identifier()
    let fileBytes = try reader.amount("size of a pack")
    let footerBytes = try reader.amount("size of a footer")
    let tierAt = reader.position
    guard let tier = Tier(rawValue: try reader.u8()) else { throw FormatError(.invalid("tier"), at: tierAt) }
    let className = try reader.string("class", limit: FormatLimits.className)
    let expiryDay = UInt32(try reader.count("expiry day", limit: Int(UInt32.max)))
    let segments = try reader.amount("segments")
    let events = try reader.amount("events")
    let rawBytes = try reader.amount("raw bytes")
    let storedBytes = try reader.amount("stored bytes")
    let packedEvents = try reader.amount("packed events")
    let firstReceived = try reader.time()
    let lastReceived = try reader.time()
    let firstOrdinal = try reader.amount("ordinal")
    let lastOrdinal = try reader.amount("ordinal")
    var dictionaries: [Identifier] = []
    for _ in 0..<(try reader.listCount("dictionaries", entry: 16)) { dictionaries.append(try reader.identifier()) }
    let erased = try Erased.decode(&reader)
    return PackFacts(
      id: id, fileBytes: fileBytes, footerBytes: footerBytes, tier: tier, className: className, expiryDay: expiryDay,
      segments: segments, events: events, rawBytes: rawBytes, storedBytes: storedBytes, packedEvents: packedEvents,
      firstReceived: firstReceived, lastReceived: lastReceived, firstOrdinal: firstOrdinal, lastOrdinal: lastOrdinal,
      dictionaries: dictionaries, erased: erased)
  }
}
