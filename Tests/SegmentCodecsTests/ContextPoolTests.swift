import SegmentCodecs
import Testing

@Suite struct ContextPoolTests {
  @Test func `keeps what comes back, up to its limit`() throws {
    let pool = ContextPool(idleLimit: 2)
    #expect(pool.idleCount == 0)
    let first = try pool.withCompressor(level: 3) { ObjectIdentifier($0) }
    let again = try pool.withCompressor(level: 3) { ObjectIdentifier($0) }
    #expect(first == again)
    for level in 1...6 { try pool.withCompressor(level: level) { #expect($0.level == level) } }
    #expect(pool.idleCount == 2)
    try pool.withDecompressor { (a) throws(CodecError) in
      try pool.withDecompressor { (b) throws(CodecError) in
        try pool.withDecompressor { c in #expect(a !== b && b !== c && a !== c) }
      }
    }
    #expect(pool.idleCount == 4)
    #expect(pool.memoryFootprint > 0)
    pool.drain()
    #expect(pool.idleCount == 0)
    #expect(pool.memoryFootprint == 0)
  }

  @Test func `takes contexts back after an error too`() throws {
    let pool = ContextPool(idleLimit: 1)
    #expect(throws: CodecError.self) {
      try pool.withDecompressor { (decompressor) throws(CodecError) in try decompressor.decompress([1, 2, 3], 3) }
    }
    #expect(pool.idleCount == 1)
    #expect(throws: CodecError.self) { try pool.withCompressor(level: 99) { _ in } }
    #expect(pool.idleCount == 1)
  }

  @Test func `a pool that keeps nothing still lends`() throws {
    let pool = ContextPool(idleLimit: 0)
    #expect(try pool.withCompressor(level: 5) { $0.level } == 5)
    #expect(pool.idleCount == 0)
  }

  @Test func `threads share a pool and dictionaries, more levels than a dictionary keeps`() async throws {
    let pool = ContextPool(idleLimit: 2)
    let dictionaries = [
      try ZstdDictionary(Samples.events(300, seed: 60)),
      try ZstdDictionary(Samples.finalizedDictionary(over: Samples.events(300, seed: 61))),
    ]
    let failures = await withTaskGroup(of: Int.self) { group in
      for task in 0..<8 {
        group.addTask {
          var failures = 0
          for round in 0..<30 {
            let bytes = Samples.events(20 + round, seed: UInt64(task * 100 + round))
            let dictionary = dictionaries[(task + round) % 2]
            let result = attempt { () throws(CodecError) in
              var frame: [UInt8] = []
              try pool.withCompressor(level: 1 + (task * 7 + round) % 9) { (compressor) throws(CodecError) in
                _ = try unsafe compressor.compress(bytes.span.bytes, dictionary: dictionary, appendingTo: &frame)
              }
              if round % 10 == 9 { dictionary.discardCompressionTables() }
              return try pool.withDecompressor { (decompressor) throws(CodecError) in
                try decompressor.decompress(frame, bytes.count, dictionary)
              }
            }
            if case .success(bytes) = result { continue }
            failures += 1
          }
          return failures
        }
      }
      return await group.reduce(0, +)
    }
    #expect(failures == 0)
    #expect(pool.idleCount <= 4)
  }
}
