internal import SegmentScanner

/// What a record's head says of each of its events (FORMAT.md "event table"), so that recovery, indexes and summaries
/// need not decompress anything.
package struct EventTable: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    /// Kind in bits 0-5, `mark` and `packed` above.
    package var code: UInt8
    /// Bytes of the event, without its line feed.
    package var length: Int
    package var timestamp: Double

    static let markBit: UInt8 = 0x40
    static let packedBit: UInt8 = 0x80

    package var kind: EventKind { EventKind(rawValue: code & 0x3F) }
    /// A click or an error, by kind.
    package var isMarked: Bool { code & Self.markBit != 0 }
    package var isPacked: Bool { code & Self.packedBit != 0 }
  }

  package var entries: [Entry] = []

  package init() {}

  init(_ events: [ScannedEvent]) {
    entries.reserveCapacity(events.count)
    for event in events {
      var code = event.kind.rawValue & 0x3F
      if event.flags.contains(.click) || event.flags.contains(.error) { code |= Entry.markBit }
      if event.flags.contains(.packed) { code |= Entry.packedBit }
      entries.append(Entry(code: code, length: event.length, timestamp: event.timestamp))
    }
  }

  /// The median timestamp: what the others are held against. O(n log n).
  package var medianTimestamp: Double {
    if entries.isEmpty { return 0 }
    // Recorders send in order of time: sorting is then a single pass.
    let times = entries.map(\.timestamp).sorted()
    return times[times.count / 2]
  }

  func encode(into writer: inout ByteWriter, reference: Double) {
    var base = reference.flooredMilliseconds
    for entry in entries {
      writer.u8(entry.code)
      writer.varint(entry.length)
      writer.instant(entry.timestamp, base: base)
      base = entry.timestamp.instantBase(after: base)
    }
  }

  static func decode(
    _ reader: inout ByteReader, count: Int, reference: Double
  ) throws(FormatError) -> EventTable {
    var table = EventTable()
    guard count <= reader.remaining / 3 else { throw FormatError(.tooLarge("events"), at: reader.position) }
    table.entries.reserveCapacity(count)
    var base = reference.flooredMilliseconds
    for _ in 0..<count {
      let code = try reader.u8()
      let length = try reader.count("event", limit: FormatLimits.eventBytes)
      let at = reader.position
      let time = try reader.instant(base: base)
      guard time >= 0 else { throw FormatError(.invalid("timestamp"), at: at) }
      base = time.instantBase(after: base)
      table.entries.append(Entry(code: code, length: length, timestamp: time))
    }
    return table
  }
}

/// Tells timestamps that can be from those that cannot (FORMAT.md "implausible"): seconds taken for milliseconds and
/// clocks years off do occur.
package struct Plausibility: Sendable, Equatable {
  var reference: Double
  /// Nil for imported batches.
  var received: Double?

  package func holds(_ timestamp: Double) -> Bool {
    guard abs(timestamp - reference) <= FormatLimits.plausibleSpan else { return false }
    guard let received else { return true }
    return abs(timestamp - received) <= FormatLimits.plausibleSpan
  }
}
