import SegmentCodecs

/// LZ4 of a whole session, one block.
final class LZ4Codec: BenchCodec {
  func compress(_ raw: [UInt8], into output: inout [UInt8]) throws {
    output.removeAll(keepingCapacity: true)
    try unsafe LZ4.compress(raw.span.bytes, appendingTo: &output)
  }

  func decompress(_ packed: [UInt8], rawBytes: Int, into output: inout [UInt8]) throws {
    output.removeAll(keepingCapacity: true)
    try unsafe LZ4.decompress(packed.span.bytes, rawLength: rawBytes, appendingTo: &output)
  }
}
