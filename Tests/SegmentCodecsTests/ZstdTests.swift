import SegmentCodecs
import Testing

@Suite struct ZstdTests {
  @Test(arguments: [-5, 1, 3, 9, 12, 19])
  func `gives back what was compressed`(level: Int) throws {
    let compressor = try ZstdCompressor(level: level)
    let decompressor = try ZstdDecompressor()
    for count in [0, 1, 3, 100, 1_000, 131_072, 131_073, 300_000] {
      let bytes = Samples.mixed(count: count, seed: 20)
      var frame: [UInt8] = [42]
      let length = try unsafe compressor.compress(bytes.span.bytes, dictionary: nil, appendingTo: &frame)
      #expect(frame.first == 42)
      #expect(length == frame.count - 1)
      #expect(length <= ZstdCompressor.maximumCompressedSize(of: count))
      #expect(try decompressor.decompress(Array(frame[1...]), count) == bytes)
    }
  }

  @Test func `a frame states its content size and has neither checksum nor dictionary ID`() throws {
    for count in [0, 1, 255, 256, 70_000] {
      let frame = try compressedFrame(Samples.mixed(count: count, seed: 21))
      let facts = try unsafe ZstdFrame(at: frame.span.bytes)
      #expect(facts.contentSize == UInt64(count))
      #expect(facts.byteCount == frame.count)
      #expect(!facts.hasChecksum)
      #expect(facts.dictionaryID == 0)
    }
  }

  @Test func `the window spans a block of 4 MiB at every level`() throws {
    let block = [UInt8](repeating: 5, count: 4 << 20)
    for level in [1, 3, 6, 12] {
      let frame = try compressedFrame(block, level: level)
      #expect(try unsafe ZstdFrame(at: frame.span.bytes).windowSize >= UInt64(block.count))
    }
  }

  @Test func `a used context gives the same frames as a new one`() throws {
    let compressor = try ZstdCompressor(level: 3)
    let dictionary = try ZstdDictionary(Samples.events(200, seed: 22))
    for seed in 0..<20 as Range<UInt64> {
      let bytes = Samples.events(Int(seed) * 7, seed: seed)
      let used = seed % 3 == 0 ? nil : dictionary
      var frame: [UInt8] = []
      try unsafe compressor.compress(bytes.span.bytes, dictionary: used, appendingTo: &frame)
      #expect(try frame == compressedFrame(bytes, used), "seed \(seed)")
    }
  }

  @Test func `reuses the memory of the output and reserves no more than the length`() throws {
    let bytes = Samples.events(500, seed: 23)
    let frame = try compressedFrame(bytes)
    let decompressor = try ZstdDecompressor()
    var output: [UInt8] = [1, 2, 3]
    try unsafe decompressor.decompress(
      frame.span.bytes, rawLength: bytes.count, dictionary: nil, into: &output)
    #expect(output == bytes)
    #expect(output.capacity <= bytes.count + 64)
    let address = unsafe output.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    let small = try compressedFrame([7, 7, 7])
    try unsafe decompressor.decompress(small.span.bytes, rawLength: 3, dictionary: nil, into: &output)
    #expect(output == [7, 7, 7])
    #expect(unsafe output.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } == address)
    #expect(try decompressor.decompress(frame, bytes.count).capacity <= bytes.count + 64)
  }

  @Test func `refuses levels that do not exist`() {
    for level in [ZstdCompressor.levels.lowerBound - 1, ZstdCompressor.levels.upperBound + 1, .max, .min] {
      #expect(reason { () throws(CodecError) in try ZstdCompressor(level: level) } == .unsupported)
    }
  }

  @Test func `contexts tell how much memory they hold`() throws {
    let compressor = try ZstdCompressor(level: 12)
    let before = compressor.memoryFootprint
    var frame: [UInt8] = []
    let bytes = Samples.mixed(count: 200_000, seed: 24)
    try unsafe compressor.compress(bytes.span.bytes, dictionary: nil, appendingTo: &frame)
    #expect(compressor.memoryFootprint > before)
    #expect(try ZstdDecompressor().memoryFootprint > 0)
  }
}
