import SegmentScanner

@testable import SegmentEngine

/// The file of a journal as the fuzzer has it: without the header's page, which the scan does not read, so that its groups
/// begin at once.
enum JournalImage {
  /// Groups are looked for from here on.
  static let start: UInt64 = 0

  /// Two groups of three records, sealed and open, whole and cut short.
  static var seeds: [[UInt8]] {
    var image = group(at: 0, durable: 0, [CodecSamples.batch, CodecSamples.batch])
    image += group(at: 4_096, durable: 4_096, [CodecSamples.batch])
    return [[0], [4], [6 + 8 * 4]].map { $0 + image } + [[0] + image.prefix(900), [6] + image.prefix(5_000)]
  }

  private static func group(at offset: UInt64, durable: UInt64, _ batches: [BatchDetails]) -> [UInt8] {
    var writer = ByteWriter()
    writer.zeros(GroupHeader.size)
    for batch in batches {
      var details = ByteWriter()
      batch.encode(into: &details)
      let payload = [UInt8](repeating: 7, count: 20)
      let record = PreparedRecord(
        kind: .events, flags: [.live], session: CodecSamples.key, events: batch.table.entries.count, rawLength: 20,
        payload: payload, payloadChecksum: Checksum.plain(payload, 0..<20), appliedCommit: 3,
        encodedDetails: details.bytes)
      _ = record.encode(
        into: &writer, journal: CodecSamples.file, offset: offset + UInt64(writer.count), sequence: 5,
        received: 1_700_000_000_000)
      writer.zeros((8 - writer.count % 8) % 8)
    }
    let header = GroupHeader(
      journal: CodecSamples.file, offset: offset, durable: durable, length: UInt32(writer.count),
      records: UInt32(batches.count), written: 1_700_000_000_000)
    return (header.encode() + writer.bytes.dropFirst(GroupHeader.size)).sized(4_096)
  }

  /// Makes places and checksums fit wherever a group or a record begins with its magic number.
  static func seal(_ bytes: inout [UInt8]) {
    let file = CodecSamples.file
    for place in stride(from: 0, to: bytes.count, by: 8) {
      let magic = bytes.number(at: place)
      if magic == RecordHead.magic {
        let end = place + Int(bytes.number(at: place + 16))
        guard end >= place + RecordHead.fixedSize, end <= bytes.count else { continue }
        bytes.put(UInt64(place), at: place + 8)
        bytes.put(Checksum.placed(file, UInt64(place), bytes, place + 8..<end), at: place + 4)
      } else if magic == GroupHeader.magic, place % 4_096 == 0, place + GroupHeader.size <= bytes.count {
        var id = ByteWriter()
        id.identifier(file)
        bytes.replaceSubrange(place + 8..<place + 24, with: id.bytes)
        bytes.put(UInt64(place), at: place + 24)
        bytes.put(Checksum.placed(file, UInt64(place), bytes, place + 8..<place + GroupHeader.size), at: place + 4)
      }
    }
  }
}
