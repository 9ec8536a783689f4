/// Parts of files that are to be overwritten with zeros, written down in the catalog before the first byte of them changes:
/// whoever finds it there later can do it again from the start, whatever a crash left half written. Readers take what it
/// names for gone from its commit on (FORMAT.md "Destruction").
package struct Destruction: Sendable, Hashable {
  /// Why.
  package enum Reason: UInt8, Sendable, Hashable {
    case erasure = 1
    case expiry, eviction
  }

  /// What is destroyed in one pack. One that the catalog does not name may be among them: left behind, or being made.
  package struct PackPart: Sendable, Hashable {
    package var pack: Identifier
    package var patch: FilePatch
    /// What the segments held, so that sums stay right.
    package var erased: PackFacts.Erased
  }

  /// What is destroyed in one journal.
  package struct JournalPart: Sendable, Hashable {
    package var journal: Identifier
    /// It is the copy in `damaged/`.
    package var isKeptAside: Bool
    package var patch: FilePatch
    package var records: UInt64
  }

  package var id: Identifier
  package var reason: Reason
  package var packs: [PackPart] = []
  package var journals: [JournalPart] = []

  package var isEmpty: Bool { packs.isEmpty && journals.isEmpty }
}

/// What an erased segment was: where it lay, and what it held. Its directory entry keeps this and nothing else.
package struct ErasedEntry: Sendable, Hashable {
  /// Offset of the segment in the pack, and its bytes: header and blocks.
  package var offset: UInt64
  package var length: UInt64
  package var events: UInt64
  package var rawBytes: UInt64
  package var storedBytes: UInt64
  package var packedEvents: UInt64

  package init(
    offset: UInt64, length: UInt64, events: UInt64, rawBytes: UInt64, storedBytes: UInt64, packedEvents: UInt64
  ) {
    self.offset = offset
    self.length = length
    self.events = events
    self.rawBytes = rawBytes
    self.storedBytes = storedBytes
    self.packedEvents = packedEvents
  }

  func encode(into writer: inout ByteWriter) {
    for value in [offset, length, events, rawBytes, storedBytes, packedEvents] { writer.varint(value) }
  }

  static func decode(_ reader: inout ByteReader) throws(FormatError) -> ErasedEntry {
    let at = reader.position
    let entry = ErasedEntry(
      offset: try reader.varint(), length: try reader.varint(), events: try reader.varint(),
      rawBytes: try reader.varint(), storedBytes: try reader.varint(), packedEvents: try reader.varint())
    guard entry.offset < 1 << 40, entry.length < 1 << 40, entry.events < 1 << 48, entry.rawBytes < 1 << 56,
      entry.storedBytes < 1 << 48, entry.packedEvents < 1 << 48
    else { throw FormatError(.tooLarge("erased segment"), at: at) }
    return entry
  }
}

extension Destruction {
  func encode(into writer: inout ByteWriter) {
    writer.identifier(id)
    writer.u8(reason.rawValue)
    writer.varint(packs.count)
    for part in packs {
      writer.identifier(part.pack)
      part.patch.encode(into: &writer)
      part.erased.encode(into: &writer)
    }
    writer.varint(journals.count)
    for part in journals {
      writer.identifier(part.journal)
      writer.u8(part.isKeptAside ? 1 : 0)
      part.patch.encode(into: &writer)
      writer.varint(part.records)
    }
  }

  static func decode(_ reader: inout ByteReader) throws(FormatError) -> Destruction {
    let id = try reader.identifier()
    let at = reader.position
    guard let reason = Reason(rawValue: try reader.u8()) else { throw FormatError(.invalid("reason"), at: at) }
    var destruction = Destruction(id: id, reason: reason)
    for _ in 0..<(try reader.listCount("packs", entry: 24)) {
      destruction.packs.append(
        PackPart(
          pack: try reader.identifier(), patch: try FilePatch.decode(&reader),
          erased: try PackFacts.Erased.decode(&reader)))
    }
    for _ in 0..<(try reader.listCount("journals", entry: 20)) {
      destruction.journals.append(
        JournalPart(
          journal: try reader.identifier(), isKeptAside: try reader.u8() != 0, patch: try FilePatch.decode(&reader),
          records: try reader.amount("records")))
    }
    return destruction
  }
}
