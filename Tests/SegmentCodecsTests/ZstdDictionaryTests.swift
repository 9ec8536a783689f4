import SegmentCodecs
import Testing

@Suite struct ZstdDictionaryTests {
  private let decompressor: ZstdDecompressor
  init() throws { decompressor = try ZstdDecompressor() }

  @Test(arguments: [-1, 1, 3, 5, 9, 12, 16, 19], [false, true])
  func `gives back what was compressed with it`(level: Int, isFinalized: Bool) throws {
    let content = Samples.events(400, seed: 40)
    let dictionary = try ZstdDictionary(isFinalized ? Samples.finalizedDictionary(over: content) : content)
    let compressor = try ZstdCompressor(level: level)
    for count in [0, 1, 10, 200, 1_500] {
      let bytes = Samples.events(count, seed: 41)
      var frame: [UInt8] = []
      try unsafe compressor.compress(bytes.span.bytes, dictionary: dictionary, appendingTo: &frame)
      #expect(try decompressor.decompress(frame, bytes.count, dictionary) == bytes)
      #expect(try unsafe ZstdFrame(at: frame.span.bytes).dictionaryID == (isFinalized ? 77 : 0))
    }
  }

  @Test func `knows its length and ID`() throws {
    let content = Samples.events(50, seed: 42)
    let raw = try ZstdDictionary(content)
    #expect(raw.id == 0)
    #expect(raw.byteCount == content.count)
    #expect(raw.withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } } == content)
    #expect(try ZstdDictionary(Samples.finalizedDictionary(over: content)).id == 77)
  }

  @Test func `saves what a short text shares with it`() throws {
    let content = Samples.random(count: 50_000, seed: 43)
    let dictionary = try ZstdDictionary(content)
    let bytes = Array(content[20_000..<30_000])
    for level in [1, 3, 12] {
      #expect(try compressedFrame(bytes, level: level).count > 9_000)
      #expect(try compressedFrame(bytes, level: level, dictionary).count < 100)
    }
  }

  @Test func `stays in reach to the end of a block much longer than it`() throws {
    let content = Samples.random(count: 300_000, seed: 44)
    let dictionary = try ZstdDictionary(content)
    let shared = Array(content[250_000...])
    let bytes = Samples.random(count: 4 << 20 - shared.count, seed: 45) + shared
    for level in [1, 3, 9] {
      let frame = try compressedFrame(bytes, level: level, dictionary)
      #expect(frame.count < bytes.count - 45_000, "level \(level)")
      #expect(try decompressor.decompress(frame, bytes.count, dictionary) == bytes)
    }
  }

  @Test(arguments: [(1, 4), (3, 4), (5, 1), (9, 1), (10, 1), (12, 1)])
  func `short passages from anywhere in megabytes are found`(level: Int, megabytes: Int) throws {
    let content = Samples.random(count: megabytes << 20, seed: 53)
    let dictionary = try ZstdDictionary(content)
    var bytes: [UInt8] = []
    for passage in 0..<400 {
      let start = passage * (content.count / 401)
      bytes += content[start..<start + 200]
    }
    let frame = try compressedFrame(bytes, level: level, dictionary)
    // A sequence and a few bytes missed before it, each.
    #expect(frame.count < 400 * 25, "\(frame.count) bytes")
    #expect(try decompressor.decompress(frame, bytes.count, dictionary) == bytes)
  }

  @Test(arguments: [5, 10])
  func `a short dictionary does not narrow the search in a long content`(level: Int) throws {
    let dictionary = try ZstdDictionary(Samples.random(count: 2_000, seed: 54))
    let half = Samples.random(count: 1_200_000, seed: 55)
    var bytes = half
    for start in stride(from: 0, to: half.count, by: 2_000) { bytes += half[start..<start + 200] + [10] }
    let repeats = try compressedFrame(bytes, level: level, dictionary).count - half.count
    #expect(repeats < 600 * 30, "\(repeats) bytes")
  }

  @Test func `tables over megabytes stay within four times their length at levels of both tiers`() throws {
    let content = Samples.random(count: 4 << 20, seed: 56)
    for level in [1, 3, 5, 10, 12] {
      let dictionary = try ZstdDictionary(content)
      _ = try compressedFrame(Samples.events(5, seed: 57), level: level, dictionary)
      #expect(dictionary.memoryFootprint < 4 * content.count, "level \(level)")
    }
  }

  @Test func `a frame and its dictionary must name the same ID`() throws {
    let content = Samples.events(50, seed: 46)
    let raw = try ZstdDictionary(content)
    let finalized = try ZstdDictionary(Samples.finalizedDictionary(over: content))
    var renamed = Samples.finalizedDictionary(over: content)
    renamed[4] = 78
    let other = try ZstdDictionary(renamed)
    let bytes = Samples.events(5, seed: 47)
    let plain = try compressedFrame(bytes)
    let named = try compressedFrame(bytes, finalized)
    for (frame, dictionary) in [(named, nil), (named, raw), (named, other), (plain, finalized)] {
      #expect(
        reason { () throws(CodecError) in
          try decompressor.decompress(frame, bytes.count, dictionary)
        } == .wrongDictionary)
    }
    #expect(try decompressor.decompress(named, bytes.count, finalized) == bytes)
    // Without an ID nothing tells a missing dictionary from damage.
    let unnamed = try compressedFrame(bytes, raw)
    #expect(reason { () throws(CodecError) in try decompressor.decompress(unnamed, bytes.count) } == .corrupt)
  }

  @Test func `damaged entropy tables are an error at first use, in both directions`() throws {
    let bytes = Samples.events(5, seed: 48)
    let intact = Samples.finalizedDictionary(over: Samples.events(3, seed: 48))
    let frame = try compressedFrame(bytes, ZstdDictionary(intact))
    for cut in [8, 20, 60, 100, 120, 124] {
      let damaged = try ZstdDictionary(Array(intact[..<cut]))
      #expect(reason { () throws(CodecError) in try compressedFrame(bytes, damaged) } == .corrupt, "\(cut) bytes")
      #expect(
        reason { () throws(CodecError) in try decompressor.decompress(frame, bytes.count, damaged) } != nil,
        "\(cut) bytes")
    }
  }

  @Test func `survives every flipped bit of a dictionary`() throws {
    let bytes = Samples.events(5, seed: 49)
    var content = Samples.finalizedDictionary(over: Samples.events(2, seed: 49))
    let frame = try compressedFrame(bytes, ZstdDictionary(content))
    var refused = 0
    for bit in 0..<130 * 8 {
      content[bit / 8] ^= 1 << (bit % 8)
      let damaged = try ZstdDictionary(content)
      switch attempt({ () throws(CodecError) in try decompressor.decompress(frame, bytes.count, damaged) }) {
      case .success(let output): #expect(output.count == bytes.count)
      case .failure: refused += 1
      }
      if case .success(let other) = attempt({ () throws(CodecError) in try compressedFrame(bytes, damaged) }) {
        #expect(try decompressor.decompress(other, bytes.count, damaged) == bytes, "bit \(bit)")
      }
      content[bit / 8] ^= 1 << (bit % 8)
    }
    #expect(refused > 100)
  }

  @Test func `refuses to be empty, and works from one byte on`() throws {
    #expect(reason { () throws(CodecError) in try ZstdDictionary([]) } == .unsupported)
    let bytes = Samples.events(5, seed: 50)
    for count in 1...12 {
      let dictionary = try ZstdDictionary(Array(bytes[..<count]))
      #expect(try decompressor.decompress(compressedFrame(bytes, dictionary), bytes.count, dictionary) == bytes)
    }
  }

  @Test func `keeps tables of few levels, counts them and lets them go`() throws {
    let dictionary = try ZstdDictionary(Samples.events(500, seed: 51))
    let bytes = Samples.events(5, seed: 52)
    let bare = dictionary.memoryFootprint
    #expect(bare == dictionary.byteCount)
    let first = try compressedFrame(bytes, level: 1, dictionary)
    #expect(dictionary.memoryFootprint > bare)
    for level in 2...9 { _ = try compressedFrame(bytes, level: level, dictionary) }
    let full = dictionary.memoryFootprint
    #expect(try compressedFrame(bytes, level: 9, dictionary).count <= first.count)
    #expect(dictionary.memoryFootprint == full)
    dictionary.discardCompressionTables()
    #expect(dictionary.memoryFootprint == bare)
    #expect(try compressedFrame(bytes, level: 1, dictionary) == first)
  }
}
