/// A batch ID that is in a segment, so that a batch sent again is recognised.
package struct BatchEntry: Sendable, Equatable {
  /// Key hash of the batch ID.
  package var hash: UInt64
  package var rawChecksum: UInt32
  package var rawLength: UInt64
  package var sequence: UInt64
  package var events: Int
  package var received: Double
}

/// A segment as the directory of its pack holds it (FORMAT.md "Directory entry").
package struct SegmentEntry: Sendable, Equatable {
  /// Offset of the segment header in the pack.
  package var offset: UInt64
  /// Bytes of the segment: header and blocks.
  package var length: UInt64
  package var ordinal: UInt64
  package var sequence: UInt64
  package var session: SessionKey
  package var visitor: String
  package var windows: [String]
  package var dictionaries: [Identifier]
  package var facts: SegmentFacts
  package var tags: [TimedTag]
  package var finished: Double?
  /// The rule that kept it, and at what rate; empty and 1 where none decided.
  package var rule: String
  package var rate: Double
  package var batches: [BatchEntry]
  package var blocks: [BlockEntry]

  /// Sequence behind its last event.
  package var nextSequence: UInt64 { blocks.last?.nextSequence ?? sequence }
  package var storedBytes: UInt64 { blocks.reduce(0) { $0 + UInt64($1.stored) } }
  /// Length of the segment header, from what follows it.
  var headerLength: UInt64 {
    blocks.first.map { $0.frameOffset - UInt64($0.headerLength) - offset } ?? length
  }

  enum State { static let segment: UInt8 = 1, erased: UInt8 = 2 }

  func encode(pack: Identifier, at entryOffset: UInt64, segmentHeaderLength: Int) -> [UInt8] {
    var writer = ByteWriter(reserving: 512 + blocks.count * 40)
    writer.u32(0)
    writer.u32(0)
    writer.u8(State.segment)
    writer.varint(offset)
    writer.varint(length)
    writer.varint(ordinal)
    writer.varint(sequence)
    writer.segmentNames(session, visitor, windows, dictionaries)
    facts.encode(into: &writer)
    writer.varint(tags.count)
    for tag in tags {
      writer.string(tag.change.key)
      writer.u8(tag.change.value == nil ? 0 : 1)
      if let value = tag.change.value { writer.string(value) }
      writer.time(tag.time)
    }
    writer.u8(finished == nil ? 0 : 1)
    if let finished { writer.time(finished) }
    writer.string(rule)
    writer.time(rate)
    writer.varint(batches.count)
    for batch in batches {
      writer.u64(batch.hash)
      writer.u32(batch.rawChecksum)
      writer.varint(batch.rawLength)
      writer.varint(batch.sequence)
      writer.varint(batch.events)
      writer.time(batch.received)
    }
    writer.varint(blocks.count)
    writer.varint(segmentHeaderLength)
    var expected = sequence
    var previousFirst: Int64 = 0
    for block in blocks {
      block.encode(into: &writer, expecting: expected, previousFirst: previousFirst)
      expected = block.nextSequence
      if block.flags.contains(.hasRange) { previousFirst = block.first }
    }
    writer.patch(UInt32(writer.count), at: 0)
    writer.patch(Checksum.placed(pack, entryOffset, writer.bytes, 8..<writer.count), at: 4)
    return writer.bytes
  }

  /// Decodes an entry that is `bytes` from first to last; nil where it was erased.
  package static func decode(
    _ bytes: [UInt8], pack: Identifier, at entryOffset: UInt64
  ) throws(FormatError) -> SegmentEntry? {
    var reader = ByteReader(bytes)
    guard Int(try reader.u32()) == bytes.count else { throw FormatError(.truncated, at: 0) }
    guard try reader.u32() == Checksum.placed(pack, entryOffset, bytes, 8..<bytes.count) else {
      throw FormatError(.wrongChecksum, at: 4)
    }
    switch try reader.u8() {
    case State.segment: break
    case State.erased: return nil
    default: throw FormatError(.invalid("state"), at: 8)
    }
    let offset = try reader.varint()
    let length = try reader.varint()
    let ordinal = try reader.varint()
    let sequence = try reader.varint()
    let names = try reader.segmentNames()
    let facts = try SegmentFacts.decode(&reader)
    var tags: [TimedTag] = []
    for _ in 0..<(try reader.listCount("tags", entry: 10)) {
      let key = try reader.string("tag key", limit: FormatLimits.tagKey)
      let value = try reader.u8() == 0 ? nil : try reader.string("tag value", limit: FormatLimits.tagValue)
      tags.append(TimedTag(change: TagChange(key: key, value: value), time: try reader.time()))
    }
    let finished = try reader.u8() == 0 ? nil : try reader.time()
    let rule = try reader.string("rule", limit: FormatLimits.ruleName)
    let rate = try reader.time()
    var batches: [BatchEntry] = []
    for _ in 0..<(try reader.listCount("batches", entry: 23)) {
      batches.append(
        BatchEntry(
          hash: try reader.u64(), rawChecksum: try reader.u32(), rawLength: try reader.varint(),
          sequence: try reader.varint(), events: try reader.count("events", limit: FormatLimits.batchBytes),
          received: try reader.time()))
    }
    var blocks: [BlockEntry] = []
    let count = try reader.listCount("blocks", entry: 12)
    let segmentHeaderLength = try reader.count("segment header", limit: SegmentHeader.sizeLimit)
    guard offset < 1 << 40, length < 1 << 40, UInt64(segmentHeaderLength) <= length else {
      throw FormatError(.invalid("segment"), at: reader.position)
    }
    var at = offset + UInt64(segmentHeaderLength)
    var expected = sequence
    var previousFirst: Int64 = 0
    for _ in 0..<count {
      let block = try BlockEntry.decode(
        &reader, at: at, expecting: expected, previousFirst: previousFirst, windows: names.windows.count,
        dictionaries: names.dictionaries.count)
      at = block.frameOffset + UInt64(block.stored)
      expected = block.nextSequence
      if block.flags.contains(.hasRange) { previousFirst = block.first }
      blocks.append(block)
    }
    guard reader.remaining == 0, at == offset + length else {
      throw FormatError(.invalid("segment"), at: reader.position)
    }
    return SegmentEntry(
      offset: offset, length: length, ordinal: ordinal, sequence: sequence, session: names.session,
      visitor: names.visitor, windows: names.windows, dictionaries: names.dictionaries, facts: facts, tags: tags,
      finished: finished, rule: rule, rate: rate, batches: batches, blocks: blocks)
  }
}
