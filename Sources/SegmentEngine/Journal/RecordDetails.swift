/// What follows the fixed part of a record's head (FORMAT.md "Details").
package enum RecordDetails: Sendable, Equatable {
  case events(BatchDetails)
  case tags([TagChange])
  case finish
  /// The record's session was erased: nothing is left but its place.
  case erased
}

/// A page visit: the address a Meta event gives.
package struct PageVisit: Sendable, Equatable {
  /// Ordinal of the Meta event in its batch.
  package var event: Int
  package var href: String
}

/// The details of a batch of events.
package struct BatchDetails: Sendable, Equatable {
  package var window: String
  package var visitor: String
  /// Empty: none.
  package var batchID: String
  /// CRC-32C of the raw payload.
  package var rawChecksum: UInt32
  /// Median timestamp.
  package var reference: Double
  package var table: EventTable
  package var pages: [PageVisit]

  func encode(into writer: inout ByteWriter) {
    writer.string(window)
    writer.string(visitor)
    writer.string(batchID)
    writer.u32(rawChecksum)
    writer.time(reference)
    table.encode(into: &writer, reference: reference)
    writer.varint(pages.count)
    for page in pages {
      writer.varint(page.event)
      writer.string(page.href)
    }
  }

  static func decode(_ reader: inout ByteReader, events: Int) throws(FormatError) -> BatchDetails {
    let window = try reader.string("window", limit: FormatLimits.window)
    let visitor = try reader.string("visitor", limit: FormatLimits.visitor)
    let batchID = try reader.string("batch ID", limit: FormatLimits.batchID)
    let rawChecksum = try reader.u32()
    let reference = try reader.time()
    let table = try EventTable.decode(&reader, count: events, reference: reference)
    var pages: [PageVisit] = []
    for _ in 0..<(try reader.listCount("pages", entry: 2)) {
      let event = try reader.count("event of a page", limit: max(0, events - 1))
      pages.append(PageVisit(event: event, href: try reader.string("page", limit: FormatLimits.page)))
    }
    return BatchDetails(
      window: window, visitor: visitor, batchID: batchID, rawChecksum: rawChecksum, reference: reference,
      table: table, pages: pages)
  }
}
