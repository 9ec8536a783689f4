/// Parts of files that are to be overwritten with zeros, written down in the catalog before the first byte of them changes:
/// whoever finds it there later can do it again from the start, whatever a crash left half written. Readers take what it
/// names for gone from its commit on (FORMAT.md "Destruction").
package struct Destruction: Sendable, Hashable {
  /// Why.
  package enum Reason: UInt8, Sendable, Hashable { case erasure = 1, expiry, eviction }

  /// A segment of a pack and its directory entry, with what it held, so that sums stay right.
  package struct Segment: Sendable, Hashable {
    package var entryOffset: UInt64
    package var entryLength: UInt64
    package var erased: ErasedEntry
  }

  /// What is destroyed in one pack. One that the catalog does not name may be among them: left behind, or being made.
  package struct PackPart: Sendable, Hashable {
    package var pack: Identifier
    package var segments: [Segment]
  }

  /// A record of a journal.
  package struct Record: Sendable, Hashable {
    package var offset: UInt64
    /// Bytes from its head to where the next record may start.
    package var size: UInt64
    /// The applied commit that it named, which stays.
    package var appliedCommit: UInt64
  }

  /// What is destroyed in one journal.
  package struct JournalPart: Sendable, Hashable {
    package var journal: Identifier
    /// It is the copy in `damaged/`.
    package var isKeptAside: Bool
    package var records: [Record]
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

  init(_ entry: SegmentEntry) {
    offset = entry.offset
    length = entry.length
    events = entry.blocks.reduce(0) { $0 + UInt64($1.events) }
    rawBytes = entry.blocks.reduce(0) { $0 + UInt64($1.raw) }
    storedBytes = entry.storedBytes
    packedEvents = entry.facts.packed
  }

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
      writer.varint(part.segments.count)
      for segment in part.segments {
        writer.varint(segment.entryOffset)
        writer.varint(segment.entryLength)
        segment.erased.encode(into: &writer)
      }
    }
    writer.varint(journals.count)
    for part in journals {
      writer.identifier(part.journal)
      writer.u8(part.isKeptAside ? 1 : 0)
      writer.varint(part.records.count)
      for record in part.records { for value in [record.offset, record.size, record.appliedCommit] { writer.varint(value) } }
    }
  }

  static func decode(_ reader: inout ByteReader) throws(FormatError) -> Destruction {
    let id = try reader.identifier()
    let at = reader.position
    guard let reason = Reason(rawValue: try reader.u8()) else { throw FormatError(.invalid("reason"), at: at) }
    var destruction = Destruction(id: id, reason: reason)
    for _ in 0..<(try reader.listCount("packs", entry: 17)) {
      var part = PackPart(pack: try reader.identifier(), segments: [])
      for _ in 0..<(try reader.listCount("segments", entry: 8)) {
        let at = reader.position
        let (offset, length) = (try reader.varint(), try reader.varint())
        guard offset < 1 << 40, length >= UInt64(SegmentEntry.erasedSize), length < 1 << 32 else {
          throw FormatError(.tooLarge("entry"), at: at)
        }
        part.segments.append(
          Segment(entryOffset: offset, entryLength: length, erased: try ErasedEntry.decode(&reader)))
      }
      destruction.packs.append(part)
    }
    for _ in 0..<(try reader.listCount("journals", entry: 18)) {
      var part = JournalPart(journal: try reader.identifier(), isKeptAside: try reader.u8() != 0, records: [])
      for _ in 0..<(try reader.listCount("records", entry: 3)) {
        let at = reader.position
        let record = Record(
          offset: try reader.varint(), size: try reader.varint(), appliedCommit: try reader.varint())
        guard record.offset < 1 << 48, record.size >= UInt64(RecordHead.erasedSize), record.size < 1 << 32 else {
          throw FormatError(.tooLarge("record"), at: at)
        }
        part.records.append(record)
      }
      destruction.journals.append(part)
    }
    return destruction
  }
}
