import SegmentCodecs

extension Samples {
  /// The entropy tables of a finalized dictionary with ID 77, made from recorder events.
  private static let finalizedHeader =
    "37a430ec4d0000001810e80ad3010000005140000a9052ca24a54c600125841012130200000000c00ef00e0000"
    + "0400000000000000000000000000000000000000000026502505000000000000005e000060492d080000000074"
    + "6693c8d21d0000000000000000000000000000010000000400000008000000"

  /// A finalized dictionary, ID 77, over any content of 8 bytes or more.
  static func finalizedDictionary(over content: [UInt8]) -> [UInt8] {
    let digits = Array(finalizedHeader.utf8).map { $0 < 0x60 ? $0 - 0x30 : $0 - 0x61 + 10 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] } + content
  }

  /// A frame of one RLE block that states any content size: magic number, single-segment header with eight bytes
  /// of content size, last block of `runLength` times `a` (RFC 8878).
  static func runFrame(stating contentSize: UInt64, runLength: Int) -> [UInt8] {
    let block = 1 | 1 << 1 | runLength << 3
    return [0x28, 0xB5, 0x2F, 0xFD, 0xE0] + (0..<8).map { UInt8(truncatingIfNeeded: contentSize >> (8 * $0)) }
      + (0..<3).map { UInt8(truncatingIfNeeded: block >> (8 * $0)) } + [UInt8(ascii: "a")]
  }
}

func compressedFrame(_ bytes: [UInt8], level: Int = 3, _ dictionary: ZstdDictionary? = nil) throws(CodecError)
  -> [UInt8]
{
  var frame: [UInt8] = []
  let length = try unsafe ZstdCompressor(level: level).compress(
    bytes.span.bytes, dictionary: dictionary, appendingTo: &frame)
  precondition(length == frame.count)
  return frame
}

extension ZstdDecompressor {
  func decompress(_ frame: [UInt8], _ rawLength: Int, _ dictionary: ZstdDictionary? = nil) throws(CodecError) -> [UInt8]
  {
    try unsafe decompress(frame.span.bytes, rawLength: rawLength, dictionary: dictionary)
  }
}
