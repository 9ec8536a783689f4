import Testing

@testable import SegmentCodecs

@Suite struct ZstdPrefixTests {
  private let contexts = ContextPool(idleLimit: 4)

  private func prefix(
    _ frame: [UInt8], _ rawLength: Int, _ dictionary: ZstdDictionary? = nil
  ) throws(CodecError) -> ZstdPrefix {
    try ZstdPrefix(frame, rawLength: rawLength, dictionary: dictionary, contexts)
  }

  private func contents() -> [[UInt8]] {
    [
      Samples.events(4_000, seed: 61), Samples.mixed(count: 700_000, seed: 62),
      Samples.random(count: 300_000, seed: 63),
      .init(repeating: 7, count: 500_000), Samples.events(3, seed: 64), [1], [],
    ]
  }

  @Test func `gives as much as is asked for, and later the rest, byte for byte`() throws {
    let raw = try ZstdDictionary(Samples.events(900, seed: 65))
    let finalized = try ZstdDictionary(Samples.finalizedDictionary(over: Samples.events(900, seed: 66)))
    for bytes in contents() {
      for dictionary in [nil, raw, finalized] {
        let frame = try compressedFrame(bytes, level: 5, dictionary)
        let prefix = try prefix(frame, bytes.count, dictionary)
        for wanted in stride(from: 0, through: bytes.count, by: max(1, bytes.count / 7)) {
          var seen = 0
          let isThere = try prefix.decompress { content in
            #expect(content.byteCount > seen && content.byteCount <= bytes.count)
            seen = content.byteCount
            return content.byteCount >= wanted
          }
          #expect(isThere && seen >= wanted)
          #expect(seen < wanted + (128 << 10) + 1, "no more than a step too far")
          #expect(prefix.copy(0..<seen) == Array(bytes[..<seen]))
          #expect(seen == bytes.count || prefix.copy(0..<bytes.count) == nil)
        }
        #expect(try prefix.decompress { _ in false })
        #expect(prefix.copy(bytes.count / 2..<bytes.count) == Array(bytes[(bytes.count / 2)...]))
        #expect(prefix.copy(0..<bytes.count + 1) == nil)
      }
    }
  }

  @Test func `what was let go keeps what it has, and says that there is no more`() throws {
    let bytes = Samples.events(4_000, seed: 67)
    let prefix = try prefix(compressedFrame(bytes), bytes.count)
    #expect(try prefix.decompress { $0.byteCount > 100_000 })
    prefix.letGo()
    prefix.letGo()
    #expect(try prefix.decompress { $0.byteCount > 100_000 })
    #expect(try !prefix.decompress { _ in false })
    #expect(prefix.copy(0..<100_000) == Array(bytes[..<100_000]))
    #expect(prefix.copy(0..<bytes.count) == nil)
  }

  @Test func `its context and its memory serve the next one`() throws {
    let bytes = Samples.events(4_000, seed: 68)
    let frame = try compressedFrame(bytes)
    for _ in 0..<3 {
      let prefix = try prefix(frame, bytes.count)
      #expect(contexts.idleCount == 0)
      #expect(try prefix.decompress { _ in false })
      #expect(contexts.idleCount == 1)
    }
    #expect(contexts.idleCount == 1)
    #expect(contexts.memory.byteCount >= bytes.count && contexts.memory.byteCount < bytes.count * 5 / 4)
    let open = try prefix(frame, bytes.count)
    #expect(contexts.memory.byteCount == 0 && contexts.idleCount == 0)
    #expect(try open.decompress { $0.byteCount > 1 })
    contexts.drain()
  }

  @Test func `the pool keeps no more memory than it may`() throws {
    let pool = MemoryPool(limit: 1 << 20)
    let taken = try (0..<5).map { try pool.take(200_000 + $0 * 50_000) }
    for memory in taken { pool.giveBack(memory) }
    #expect(pool.byteCount > 0 && pool.byteCount <= 1 << 20)
    #expect(try pool.take(4 << 20).capacity >= 4 << 20)
    let before = pool.byteCount
    #expect(try pool.take(10).capacity < 200_000, "what is far too large is kept for others")
    #expect(pool.byteCount == before)
    pool.drain()
    #expect(pool.byteCount == 0)
  }

  @Test func `refuses what decompressing refuses, at once or on the way`() throws {
    let bytes = Samples.events(2_500, seed: 69)
    let dictionary = try ZstdDictionary(Samples.finalizedDictionary(over: Samples.events(20, seed: 70)))
    let frame = try compressedFrame(bytes)
    #expect(reason { () throws(CodecError) in try prefix(frame, bytes.count - 1) } == .wrongLength)
    #expect(reason { () throws(CodecError) in try prefix(frame, bytes.count, dictionary) } == .wrongDictionary)
    #expect(reason { () throws(CodecError) in try prefix(frame + [0], bytes.count) } == .corrupt)
    #expect(reason { () throws(CodecError) in try prefix([], 0) } == .corrupt)
    for count in stride(from: 0, to: frame.count, by: 97) {
      #expect(reason { () throws(CodecError) in try prefix(Array(frame[..<count]), bytes.count) } != nil)
    }
    let decompressor = try ZstdDecompressor()
    var refused = 0
    for place in stride(from: 0, to: frame.count, by: 53) {
      var damaged = frame
      damaged[place] ^= 1 << (place % 8)
      let whole = attempt { () throws(CodecError) in try decompressor.decompress(damaged, bytes.count) }
      let parts = attempt { () throws(CodecError) -> [UInt8]? in
        let prefix = try prefix(damaged, bytes.count)
        do throws(CodecError) { _ = try prefix.decompress { _ in false } } catch {
          // From then on it has no more, and does not try again.
          #expect(try !prefix.decompress { _ in false })
          throw error
        }
        return prefix.copy(0..<bytes.count)
      }
      switch (whole, parts) {
      case (.success(let one), .success(let other)): #expect(one == other)
      case (.failure, .failure): refused += 1
      default: Issue.record("one way refuses what the other takes: byte \(place)")
      }
    }
    #expect(refused > 0)
  }

  @Test func `many callers want different parts at once`() async throws {
    let bytes = Samples.events(6_000, seed: 71)
    let prefix = try prefix(compressedFrame(bytes), bytes.count)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<16 {
        group.addTask {
          let wanted = bytes.count * (task + 1) / 16
          let isThere = try prefix.decompress { $0.byteCount >= wanted }
          return isThere && prefix.copy(wanted / 2..<wanted) == Array(bytes[wanted / 2..<wanted])
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test func `a dictionary that is decompressed to its place is the one it was made of`() throws {
    let content = Samples.events(3_000, seed: 72)
    let frame = try compressedFrame(content, level: 9)
    let made = try unsafe ZstdDictionary(decompressing: frame.span.bytes, rawLength: content.count, contexts)
    let plain = try ZstdDictionary(content)
    #expect(made.byteCount == content.count && made.id == plain.id && made.contentFootprint >= content.count)
    made.withBytes { made in
      plain.withBytes {
        #expect(unsafe made.withUnsafeBytes { unsafe Array($0) } == content && $0.byteCount == content.count)
      }
    }
    let bytes = Samples.events(50, seed: 73)
    #expect(try ZstdDecompressor().decompress(compressedFrame(bytes, plain), bytes.count, made) == bytes)
    for length in [0, content.count - 1, content.count + 1] {
      #expect(
        reason { () throws(CodecError) in
          try unsafe ZstdDictionary(decompressing: frame.span.bytes, rawLength: length, contexts)
        } != nil)
    }
  }
}
