/// The head of a journal record (FORMAT.md "Journals"): a fixed part of 56 bytes and the details.
///
/// | offset | field | offset | field |
/// |---|---|---|---|
/// | 0 | u32 magic | 28 | u32 raw length |
/// | 4 | u32 checksum | 32 | u64 sequence |
/// | 8 | u64 offset | 40 | time received |
/// | 16 | u32 head length | 48 | u32 events |
/// | 20 | u32 payload length | 52 | u8 kind, u8 flags, u16 zero |
/// | 24 | u32 payload checksum | 56 | details |
package struct RecordHead: Sendable, Equatable {
  package static let fixedSize = 56
  package static let alignment = 8
  static let magic: UInt32 = 0x4352_4753  // SGRC

  package struct Flags: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The payload is an LZ4 block.
    static let compressed = Flags(rawValue: 1)
    /// The batch came live.
    static let live = Flags(rawValue: 2)
  }

  package var offset: UInt64
  package var headLength: Int
  package var payloadLength: Int
  package var payloadChecksum: UInt32
  package var rawLength: Int
  package var sequence: UInt64
  package var received: Double
  package var events: Int
  package var flags: Flags
  package var session: SessionKey
  /// Session edits of the catalog up to this commit are in the journal with this record.
  package var appliedCommit: UInt64
  package var details: RecordDetails

  /// The least that is left of an erased record: the fixed part, two empty names and the applied commit.
  static let erasedSize = 64

  /// What takes the place of the head of a record of `size` bytes that is erased: one without names, behind which all
  /// is zeros. The applied commit stays, as it tells of other sessions' edits too. Nil where it does not fit, which no
  /// real record's size comes near.
  static func erased(journal: Identifier, offset: UInt64, size: Int, appliedCommit: UInt64) -> [UInt8]? {
    var names = ByteWriter()
    names.string("")
    names.string("")
    names.varint(appliedCommit)
    let headLength = fixedSize + names.count
    guard headLength <= size else { return nil }
    let zeros = [UInt8](repeating: 0, count: size - headLength)
    var writer = ByteWriter(reserving: size)
    writer.u32(magic)
    writer.u32(0)
    writer.u64(offset)
    writer.u32(UInt32(headLength))
    writer.u32(UInt32(zeros.count))
    writer.u32(Checksum.plain(zeros, 0..<zeros.count))
    writer.zeros(24)
    writer.u8(PreparedRecord.erasedKind)
    writer.zeros(3)
    writer.raw(names.bytes)
    writer.patch(Checksum.placed(journal, offset, writer.bytes, 8..<headLength), at: 4)
    return writer.bytes
  }

  /// Bytes of the record in the file, up to where the next one may start.
  package var size: UInt64 { Self.aligned(UInt64(headLength + payloadLength)) }

  static func aligned(_ offset: UInt64) -> UInt64 { (offset + 7) / 8 * 8 }

  /// The plausible range of the record's timestamps.
  package func plausibility(_ batch: BatchDetails) -> Plausibility {
    Plausibility(reference: batch.reference, received: flags.contains(.live) ? received : nil)
  }

  /// Decodes the head at `start` of `bytes`, which stands at `offset` of the journal. The whole head must be in `bytes`.
  package static func decode(
    _ bytes: [UInt8], at start: Int, journal: Identifier, offset: UInt64
  ) throws(FormatError) -> RecordHead {
    guard bytes.count - start >= fixedSize else { throw FormatError(.truncated, at: start) }
    var fixed = ByteReader(bytes, in: start..<start + fixedSize)
    guard try fixed.u32() == magic else { throw FormatError(.wrongMagic, at: start) }
    let checksum = try fixed.u32()
    let ownOffset = try fixed.u64()
    let headLength = Int(try fixed.u32())
    guard headLength >= fixedSize, headLength <= bytes.count - start else {
      throw FormatError(.truncated, at: start + 16)
    }
    guard checksum == Checksum.placed(journal, offset, bytes, start + 8..<start + headLength) else {
      throw FormatError(.wrongChecksum, at: start + 4)
    }
    guard ownOffset == offset else { throw FormatError(.invalid("offset"), at: start + 8) }
    let payloadLength = Int(try fixed.u32())
    let payloadChecksum = try fixed.u32()
    let rawLength = Int(try fixed.u32())
    let sequence = try fixed.u64()
    let received = try fixed.time()
    let events = Int(try fixed.u32())
    let kind = try fixed.u8()
    let flags = Flags(rawValue: try fixed.u8())
    guard rawLength <= FormatLimits.batchBytes + FormatLimits.eventBytes else {
      throw FormatError(.tooLarge("raw length"), at: start + 28)
    }
    var reader = ByteReader(bytes, in: start + fixedSize..<start + headLength)
    let session = try reader.sessionKey()
    let appliedCommit = try reader.varint()
    let details: RecordDetails
    switch kind {
    case 1: details = .events(try BatchDetails.decode(&reader, events: events))
    case 2: details = .tags(try reader.tagChanges())
    case 3: details = .finish
    case PreparedRecord.erasedKind: details = .erased
    default: throw FormatError(.invalid("kind of record"), at: start + 52)
    }
    guard reader.remaining == 0 else { throw FormatError(.invalid("head length"), at: reader.position) }
    guard sequence.addingReportingOverflow(UInt64(events)).overflow == false else {
      throw FormatError(.tooLarge("sequence"), at: start + 32)
    }
    return RecordHead(
      offset: offset, headLength: headLength, payloadLength: payloadLength, payloadChecksum: payloadChecksum,
      rawLength: rawLength, sequence: sequence, received: received, events: events, flags: flags, session: session,
      appliedCommit: appliedCommit, details: details)
  }
}

/// A record as it is handed to the journal: everything but what the commit decides (place, sequence, time of receipt).
package struct PreparedRecord: Sendable {
  package enum Kind: UInt8, Sendable {
    case events = 1
    case tags = 2
    case finish = 3
  }
  /// The kind of a record whose session was erased; never prepared.
  static let erasedKind: UInt8 = 4
  package var kind: Kind
  package var flags: RecordHead.Flags
  package var session: SessionKey
  package var events: Int
  package var rawLength: Int
  package var payload: [UInt8]
  package var payloadChecksum: UInt32
  package var appliedCommit: UInt64
  /// The details behind session and applied commit, encoded.
  package var encodedDetails: [UInt8]

  /// Bytes it may take in a journal, at most.
  package var sizeBound: Int {
    RecordHead.fixedSize + session.project.utf8.count + session.id.utf8.count + 24 + encodedDetails.count
      + payload.count + RecordHead.alignment
  }

  /// Writes head and payload for `offset` of a journal; returns the length of the head.
  func encode(
    into writer: inout ByteWriter, journal: Identifier, offset: UInt64, sequence: UInt64, received: Double
  ) -> Int {
    let start = writer.count
    writer.u32(RecordHead.magic)
    writer.u32(0)
    writer.u64(offset)
    writer.u32(0)
    writer.u32(UInt32(payload.count))
    writer.u32(payloadChecksum)
    writer.u32(UInt32(rawLength))
    writer.u64(sequence)
    writer.time(received)
    writer.u32(UInt32(events))
    writer.u8(kind.rawValue)
    writer.u8(flags.rawValue)
    writer.u16(0)
    writer.string(session.project)
    writer.string(session.id)
    writer.varint(appliedCommit)
    writer.raw(encodedDetails)
    let headLength = writer.count - start
    writer.patch(UInt32(headLength), at: start + 16)
    writer.patch(
      Checksum.placed(journal, offset, writer.bytes, start + 8..<start + headLength), at: start + 4)
    writer.raw(payload)
    return headLength
  }
}
