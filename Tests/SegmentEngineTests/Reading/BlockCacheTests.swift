import SegmentCodecs
import SegmentFiles
import Testing

@testable import SegmentEngine

@Suite("Blocks in memory: bounded in bytes, dear ones stay, and none outlives what it was read from")
struct BlockCacheTests {
  private let contexts = ContextPool(idleLimit: 2)
  private let packs = (0..<3).map { Identifier(high: 1, low: UInt64($0)) }

  private func block(_ count: Int) throws -> ZstdPrefix {
    var frame: [UInt8] = []
    let content = [UInt8](repeating: 120, count: count)
    _ = try unsafe ZstdCompressor(level: 1).compress(content.span.bytes, dictionary: nil, appendingTo: &frame)
    return try ZstdPrefix(frame, rawLength: count, dictionary: nil, contexts)
  }

  private func place(_ pack: Int, _ offset: Int) -> BlockCache.Place {
    .init(pack: packs[pack], offset: UInt64(offset))
  }

  @Test("It never holds more than it may, and what is too large for it not at all")
  func bounded() throws {
    let cache = BlockCache(limit: 1 << 20)
    for number in 0..<40 {
      let place = place(number % 3, number)
      let (found, generation) = cache.find(place)
      #expect(found == nil)
      cache.keep(try block(150_000 + number * 1_000), at: place, stored: 1_000 + number, generation)
      #expect(cache.byteCount <= 1 << 20)
      #expect(cache.byteCount > 0 && cache.count > 0)
    }
    let before = cache.byteCount
    cache.keep(try block(1 << 19), at: place(0, 99), stored: 1 << 19, cache.find(place(0, 99)).generation)
    #expect(cache.find(place(0, 99)).block == nil && cache.byteCount == before)
  }

  @Test("A limit of 0 keeps nothing")
  func off() throws {
    let cache = BlockCache(limit: 0)
    cache.keep(try block(1_000), at: place(0, 0), stored: 500, cache.find(place(0, 0)).generation)
    #expect(cache.count == 0 && cache.byteCount == 0 && cache.find(place(0, 0)).block == nil)
  }

  @Test("What is cheap makes no room of what is dear, unless that is not asked for any more")
  func dear() throws {
    let cache = BlockCache(limit: 1 << 20)
    func keep(_ offset: Int, stored: Int) throws {
      cache.keep(try block(200_000), at: place(0, offset), stored: stored, cache.find(place(0, offset)).generation)
    }
    for offset in 0..<4 { try keep(offset, stored: 50_000) }
    for offset in 10..<20 { try keep(offset, stored: 100) }
    for offset in 0..<4 { #expect(cache.find(place(0, offset)).block != nil) }
    // As time goes by those that nobody asks for go.
    for offset in 100..<1_000 {
      try keep(offset, stored: 2_000)
      #expect(cache.find(place(0, 0)).block != nil)
    }
    #expect(cache.find(place(0, 1)).block == nil)
  }

  @Test("Of a pack that is dropped nothing stays, and what was read before is not taken afterwards")
  func forgotten() throws {
    let cache = BlockCache(limit: 8 << 20)
    for pack in 0..<3 {
      for offset in 0..<3 {
        cache.keep(
          try block(100_000), at: place(pack, offset), stored: 1_000, cache.find(place(pack, offset)).generation)
      }
    }
    let (_, generation) = cache.find(place(1, 9))
    let late = try block(100_000)
    cache.forget([packs[1]])
    cache.keep(late, at: place(1, 9), stored: 1_000, generation)
    for offset in [0, 1, 2, 9] { #expect(cache.find(place(1, offset)).block == nil) }
    for pack in [0, 2] { #expect(cache.find(place(pack, 1)).block != nil) }
    #expect(cache.count == 6)
    cache.forget(place(0, 1))
    #expect(cache.find(place(0, 1)).block == nil && cache.count == 5)
    cache.forget(packs)
    #expect(cache.count == 0 && cache.byteCount == 0)
  }

  @Test("Only the last few keep what decompressing goes on with")
  func open() throws {
    let cache = BlockCache(limit: 64 << 20)
    let blocks = try (0..<BlockCache.openLimit + 4).map { _ in try block(400_000) }
    for (offset, block) in blocks.enumerated() {
      #expect(try block.decompress { $0.byteCount > 1_000 })
      cache.keep(block, at: place(0, offset), stored: 1_000, cache.find(place(0, offset)).generation)
    }
    for (number, block) in blocks.enumerated() {
      #expect(try block.decompress { _ in false } == (number >= 4), "block \(number)")
    }
  }
}
