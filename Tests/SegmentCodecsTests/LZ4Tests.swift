import SegmentCodecs
import Testing

@Suite struct LZ4Tests {
  private func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
    var block: [UInt8] = []
    try unsafe LZ4.compress(bytes.span.bytes, appendingTo: &block)
    return block
  }

  private func decompressed(_ block: [UInt8], _ rawLength: Int) -> Result<[UInt8], CodecError> {
    attempt { () throws(CodecError) in
      var output: [UInt8] = []
      try unsafe LZ4.decompress(block.span.bytes, rawLength: rawLength, appendingTo: &output)
      return output
    }
  }

  @Test(arguments: [0, 1, 4, 5, 12, 13, 64, 255, 256, 4_095, 65_535, 65_536, 65_600, 300_000])
  func `gives back what was compressed`(count: Int) throws {
    for bytes in [
      Samples.mixed(count: count, seed: 7), Samples.random(count: count, seed: 8), .init(repeating: 3, count: count),
    ] {
      let block = try compressed(bytes)
      #expect(block.count <= LZ4.maximumCompressedSize(of: count))
      #expect(try decompressed(block, count).get() == bytes)
    }
  }

  @Test func `gives the same block without room to spare, whatever was compressed before`() throws {
    for count in [300_000, 0, 5, 4_000_000, 65_536, 20_000, 1] {
      for bytes in [Samples.events(count / 100, seed: 21), Samples.random(count: count, seed: 22)] {
        let block = try unsafe LZ4.compressed(bytes.span.bytes)
        #expect(try block == compressed(bytes))
        #expect(block.capacity < block.count + 64 + block.count / 4)
      }
    }
  }

  @Test func `gives each thread a block of its own`() async throws {
    let sources = (0..<16).map { Samples.events(50 + 10 * $0, seed: UInt64(30 + $0)) }
    let blocks = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { tasks in
      for (place, bytes) in sources.enumerated() {
        tasks.addTask {
          var block: [UInt8] = []
          for _ in 0..<50 { block = try unsafe LZ4.compressed(bytes.span.bytes) }
          return (place, block)
        }
      }
      return try await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    #expect(blocks.count == sources.count)
    for (place, block) in blocks { #expect(try decompressed(block, sources[place].count).get() == sources[place]) }
  }

  @Test func `makes recorder events smaller`() throws {
    let events = Samples.events(300, seed: 9)
    #expect(try compressed(events).count * 4 < events.count)
  }

  @Test func `decodes blocks written by hand from the format's description`() throws {
    #expect(try decompressed([0x50] + Array("hello".utf8), 5).get() == Array("hello".utf8))
    // One literal, then a match of 15 + 4 + 255 + 0 bytes at distance 1, then five literals.
    let block: [UInt8] = [0x1F, 0x61, 1, 0, 255, 0, 0x50] + Array("tail!".utf8)
    let expected = [UInt8](repeating: 0x61, count: 275) + Array("tail!".utf8)
    #expect(try decompressed(block, expected.count).get() == expected)
  }

  @Test func `appends, and leaves the output alone after an error`() throws {
    let bytes = Samples.mixed(count: 5_000, seed: 10)
    var stored: [UInt8] = [1, 2, 3]
    try unsafe LZ4.compress(bytes.span.bytes, appendingTo: &stored)
    let block = Array(stored[3...])
    #expect(stored[..<3] == [1, 2, 3])
    var output: [UInt8] = [9, 9]
    try unsafe LZ4.decompress(block.span.bytes, rawLength: bytes.count, appendingTo: &output)
    #expect(output == [9, 9] + bytes)
    #expect(throws: CodecError.self) {
      try unsafe LZ4.decompress(block.span.bytes, rawLength: bytes.count + 1, appendingTo: &output)
    }
    #expect(output == [9, 9] + bytes)
  }

  @Test func `refuses every other length than the block's own`() throws {
    let bytes = Samples.mixed(count: 700, seed: 11)
    let block = try compressed(bytes)
    for length in Array(0..<700) + Array(701..<1_500) + [Int.max, Int.min, -1, 1 << 30, 1 << 31, 1 << 32] {
      guard case .failure(let error) = decompressed(block, length) else {
        Issue.record("length \(length) was accepted")
        continue
      }
      #expect(error.codec == .lz4)
    }
  }

  @Test func `reserves nothing for a length out of reach`() throws {
    let block = try compressed([UInt8](repeating: 0, count: 1_000))
    var output: [UInt8] = []
    let refusal = reason { () throws(CodecError) in
      try unsafe LZ4.decompress(block.span.bytes, rawLength: 1 << 28, appendingTo: &output)
    }
    #expect(refusal == .wrongLength)
    #expect(output.capacity == 0)
    #expect(reason { () throws(CodecError) in try decompressed(block, 1 << 40).get() } == .unsupported)
  }

  @Test func `reaches the highest ratio that the format allows`() throws {
    for count in [1 << 16, 1 << 20, 3 << 20] {
      let zeros = [UInt8](repeating: 0, count: count)
      #expect(try decompressed(compressed(zeros), count).get() == zeros)
    }
  }

  @Test func `survives every flipped bit with an error or as many bytes as told`() throws {
    for bytes in [Samples.mixed(count: 900, seed: 12), Samples.events(4, seed: 13), .init(repeating: 1, count: 600)] {
      var block = try compressed(bytes)
      var refused = 0
      for bit in 0..<block.count * 8 {
        block[bit / 8] ^= 1 << (bit % 8)
        switch decompressed(block, bytes.count) {
        case .success(let output): #expect(output.count == bytes.count)
        case .failure: refused += 1
        }
        block[bit / 8] ^= 1 << (bit % 8)
      }
      #expect(refused > 0)
    }
  }

  @Test func `refuses every truncation and every appended byte`() throws {
    let bytes = Samples.mixed(count: 2_000, seed: 14)
    let block = try compressed(bytes)
    for count in 0..<block.count {
      #expect(reason { () throws(CodecError) in try decompressed(Array(block[..<count]), bytes.count).get() } != nil)
    }
    for byte in UInt8.min...UInt8.max {
      #expect(reason { () throws(CodecError) in try decompressed(block + [byte], bytes.count).get() } != nil)
    }
  }

  @Test func `survives noise`() {
    var decoded = 0
    for seed in 0..<3_000 as Range<UInt64> {
      let noise = Samples.random(count: Int(seed % 60), seed: seed)
      for length in [0, 1, 20, 300] {
        if case .success(let output) = decompressed(noise, length) {
          decoded += 1
          #expect(output.count == length, "seed \(seed)")
        }
      }
    }
    #expect(decoded < 3_000)
  }
}
