import SegmentCodecs
import Testing

@Suite struct ZstdDamageTests {
  private let decompressor: ZstdDecompressor
  init() throws { decompressor = try ZstdDecompressor() }

  private func failure(_ frame: [UInt8], _ rawLength: Int, _ dictionary: ZstdDictionary? = nil) -> CodecError.Reason? {
    reason { () throws(CodecError) in try decompressor.decompress(frame, rawLength, dictionary) }
  }

  @Test func `refuses every other length than the frame's own`() throws {
    let frame = try compressedFrame(Samples.mixed(count: 900, seed: 30))
    for length in Array(0..<900) + Array(901..<2_000) { #expect(failure(frame, length) == .wrongLength) }
    for length in [Int.max, Int.min, -1, (1 << 30) + 1] { #expect(failure(frame, length) == .unsupported) }
  }

  @Test func `survives every flipped bit with an error or as many bytes as told`() throws {
    let dictionary = try ZstdDictionary(Samples.events(20, seed: 31))
    let finalized = try ZstdDictionary(Samples.finalizedDictionary(over: Samples.events(20, seed: 31)))
    for bytes in [Samples.mixed(count: 900, seed: 32), Samples.events(12, seed: 33), .init(repeating: 1, count: 600)] {
      for used in [nil, dictionary, finalized] {
        var frame = try compressedFrame(bytes, used)
        var refused = 0
        for bit in 0..<frame.count * 8 {
          frame[bit / 8] ^= 1 << (bit % 8)
          switch attempt({ () throws(CodecError) in try decompressor.decompress(frame, bytes.count, used) }) {
          case .success(let output): #expect(output.count == bytes.count)
          case .failure: refused += 1
          }
          frame[bit / 8] ^= 1 << (bit % 8)
        }
        #expect(refused > 0)
        #expect(try decompressor.decompress(frame, bytes.count, used) == bytes, "the context recovers")
      }
    }
  }

  @Test func `refuses every truncation`() throws {
    for bytes in [Samples.mixed(count: 2_000, seed: 34), Samples.events(1_500, seed: 35)] {
      let frame = try compressedFrame(bytes)
      for count in 0..<frame.count where count < 600 || count % 61 == 0 || count > frame.count - 50 {
        #expect(failure(Array(frame[..<count]), bytes.count) != nil, "\(count) of \(frame.count) bytes")
      }
    }
  }

  @Test func `refuses anything after the frame`() throws {
    let bytes = Samples.events(10, seed: 36)
    let frame = try compressedFrame(bytes)
    #expect(failure(frame + [0], bytes.count) == .corrupt)
    #expect(failure(frame + frame, bytes.count) == .corrupt)
    #expect(failure(frame + frame, bytes.count * 2) == .wrongLength)
    let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 1, 2]
    #expect(failure(frame + skippable, bytes.count) == .corrupt)
    #expect(failure(skippable + frame, bytes.count) == .corrupt)
    #expect(failure(skippable, 0) == .corrupt)
    #expect(failure([], 0) == .corrupt)
  }

  @Test func `refuses a frame that does not state its content size`() {
    // Magic number, no flags, window of 1 KiB, one raw block of two bytes.
    let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x00, 0x11, 0x00, 0x00, 0x61, 0x62]
    #expect(failure(frame, 2) == .wrongLength)
  }

  @Test func `refuses a stated size that so few bytes cannot reach, before reserving memory`() throws {
    #expect(
      try decompressor.decompress(Samples.runFrame(stating: 100, runLength: 100), 100)
        == .init(repeating: 0x61, count: 100))
    let frame = Samples.runFrame(stating: 1 << 30, runLength: 131_072)
    #expect(failure(frame, 1 << 30) == .corrupt)
    var output: [UInt8] = []
    let refusal = reason { () throws(CodecError) in
      try unsafe decompressor.decompress(frame.span.bytes, rawLength: 1 << 30, dictionary: nil, into: &output)
    }
    #expect(refusal == .corrupt)
    #expect(output.capacity == 0)
    #expect(failure(Samples.runFrame(stating: .max - 1, runLength: 9), .max) == .unsupported)
    #expect(failure(Samples.runFrame(stating: .max - 1, runLength: 9), 9) == .wrongLength)
  }

  @Test func `refuses a stated size that the blocks do not fill`() {
    #expect(failure(Samples.runFrame(stating: 101, runLength: 100), 101) == .corrupt)
    #expect(failure(Samples.runFrame(stating: 99, runLength: 100), 99) == .corrupt)
  }

  @Test func `reaches the highest ratio that the format allows`() throws {
    let zeros = [UInt8](repeating: 0, count: 8 << 20)
    #expect(try decompressor.decompress(compressedFrame(zeros), zeros.count) == zeros)
  }

  @Test func `survives noise behind a valid header`() {
    var refused = 0
    for seed in 0..<3_000 as Range<UInt64> {
      let noise =
        Array(Samples.runFrame(stating: 300, runLength: 0)[..<13])
        + Samples.random(count: Int(seed % 90), seed: seed)
      switch attempt({ () throws(CodecError) in try decompressor.decompress(noise, 300) }) {
      case .success(let output): #expect(output.count == 300, "seed \(seed)")
      case .failure: refused += 1
      }
    }
    #expect(refused > 2_900)
  }
}
