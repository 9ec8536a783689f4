import SegmentCodecs

/// Compressed bytes from a damaged or hostile file: output is bounded by what the caller expects.
enum CodecTargets {
  private static let text = Array(
    String(repeating: #"{"type":3,"data":{"source":2,"id":46},"timestamp":1617045255540}"#, count: 6).utf8)

  static let lz4 = FuzzTarget(
    name: "lz4",
    seeds: {
      var block: [UInt8] = []
      guard accepted({ try unsafe LZ4.compress(text.span.bytes, appendingTo: &block) }) != nil else { return [] }
      return [text.count, 1 << 30].map { length in
        var seed = [UInt8](repeating: 0, count: 4)
        seed.put(UInt32(length), at: 0)
        return seed + block
      }
    },
    run: { bytes in
      let block = Array(bytes.dropFirst(4))
      let length = Int(bytes.number(at: 0))
      let before: [UInt8] = [1, 2, 3]
      var output = before
      let isAccepted =
        accepted({ try unsafe LZ4.decompress(block.span.bytes, rawLength: length, appendingTo: &output) }) != nil
      require(output.count == before.count + (isAccepted ? length : 0), "output of another length")
      require(output.starts(with: before), "what was there is changed")
      require(
        output.capacity <= 256 * block.count + 4_096, "memory for more than the block can yield: \(output.capacity)")
      var packed: [UInt8] = []
      var unpacked: [UInt8] = []
      let isBack: Void? = accepted {
        try unsafe LZ4.compress(block.span.bytes, appendingTo: &packed)
        try unsafe LZ4.decompress(packed.span.bytes, rawLength: block.count, appendingTo: &unpacked)
      }
      require(isBack != nil && unpacked == block, "bytes do not come back from a block")
    })

  static let zstd = FuzzTarget(
    name: "zstd",
    seeds: {
      [0, 1, 2].compactMap { mode -> [UInt8]? in
        var frame: [UInt8] = []
        let dictionary = mode == 0 ? nil : accepted { try ZstdDictionary(text) }
        let written = accepted {
          try unsafe ZstdCompressor(level: 3).compress(text.span.bytes, dictionary: dictionary, appendingTo: &frame)
        }
        if written == nil { return nil }
        return [UInt8(mode), UInt8(truncatingIfNeeded: text.count), UInt8(text.count >> 8), 0]
          + (mode == 2 ? [40] + text.prefix(40) : []) + frame
      }
    },
    run: checkZstd)

  /// A byte for the dictionary (none, one that is well, one of the input), three for the length, then the frame.
  private static func checkZstd(_ bytes: [UInt8]) {
    let mode = (bytes.first ?? 0) % 3
    let stated = Int(bytes.sized(4).number(at: 0) >> 8)
    var frame = Array(bytes.dropFirst(4))
    var dictionary: ZstdDictionary?
    if mode == 1 { dictionary = accepted { try ZstdDictionary(text) } }
    if mode == 2 {
      let (length, rest) = frame.choice
      dictionary = accepted { try ZstdDictionary(Array(rest.prefix(Int(length)))) }
      frame = Array(rest.dropFirst(Int(length)))
    }
    // The length that the frame states too: most that is behind that check is not reached otherwise.
    let facts = accepted { try unsafe ZstdFrame(at: frame.span.bytes) }
    let claimed = facts?.contentSize.map { Int(clamping: $0) } ?? stated
    for length in Set([stated, claimed]) {
      guard
        let output = accepted({
          try unsafe ZstdDecompressor().decompress(frame.span.bytes, rawLength: length, dictionary: dictionary)
        })
      else { continue }
      require(output.count == length, "output of another length")
      require(output.capacity <= length + 4_096, "memory for more than was asked for: \(output.capacity)")
    }
    guard let dictionary, mode == 2 else { return }
    // A dictionary that is damaged is refused, or works both ways.
    var packed: [UInt8] = []
    let isPacked = accepted {
      try unsafe ZstdCompressor(level: 1).compress(frame.span.bytes, dictionary: dictionary, appendingTo: &packed)
    }
    guard isPacked != nil else { return }
    let back = accepted {
      try unsafe ZstdDecompressor().decompress(packed.span.bytes, rawLength: frame.count, dictionary: dictionary)
    }
    require(back == frame, "bytes do not come back through a dictionary")
  }
}
