import SegmentCodecs
import SegmentEngine
import Testing

@Suite("A byte range is all a client with zstd needs")
struct ByteRangeTests {
  private let key = SessionKey(id: "s")

  private func decode(_ block: ByteRanges.Block, _ folder: StoreFolder) throws -> [UInt8] {
    let bytes = try folder.read(block.file)
    let frame = Array(bytes[Int(block.offset)..<Int(block.offset) + block.length])
    if block.codec == "none" { return frame }
    #expect(block.codec == "zstd" && block.dictionary == nil)
    return try unsafe ZstdDecompressor().decompress(frame.span.bytes, rawLength: block.rawLength, dictionary: nil)
  }

  @Test("The blocks decode to the events up to where the rest is live")
  func decodes() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    var random = RandomSession(seed: 15)
    var all: [UInt8] = []
    var lines = 0
    func add(_ batches: [RandomSession.Batch]) async throws {
      for batch in batches {
        try await store.append(batch.bytes, to: key, window: batch.window, origin: .imported)
        all += batch.bytes
        lines += batch.events.count
      }
    }
    try await add(random.batches(40))
    let live = try await store.byteRanges(in: key)
    #expect(live.blocks.isEmpty && live.liveFrom == 0)
    try await store.flush()
    try await add(random.batches(40))
    try await store.flush()
    let packedEvents = UInt64(lines)
    let packedBytes = all.count
    #expect(try await store.byteRanges(in: key).liveFrom == nil)
    try await add(random.batches(5))
    let ranges = try await store.byteRanges(in: key)
    #expect(ranges.liveFrom == packedEvents)
    #expect(Set(ranges.blocks.map(\.file)).count == 2)
    var decoded: [UInt8] = []
    var next: UInt64 = 0
    for block in ranges.blocks {
      #expect(block.firstSequence == next)
      let content = try decode(block, folder)
      #expect(content.count == block.rawLength)
      #expect(content.count { $0 == 0x0A } == block.events)
      #expect(
        block.description == "\(block.file)?range=bytes=\(block.offset)-\(block.offset + UInt64(block.length) - 1)")
      decoded += content
      next += UInt64(block.events)
    }
    #expect(next == packedEvents)
    #expect(decoded == Array(all[..<packedBytes]))
    #expect(try await store.events(in: key).all().ndjson == all)
    try await store.close()
  }

  @Test("A range of time names the blocks that touch it, and no others")
  func range() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    var generator = SeededGenerator(seed: 3)
    for minute in 0..<30 {
      let time = Sample.base + Double(minute) * 60_000
      try await store.add([Sample.mutation(time, text: generator.letters(3_900))], to: key)
    }
    try await store.flush()
    let all = try await store.byteRanges(in: key).blocks
    #expect(all.count == 30)
    func blocks(_ from: Double, _ to: Double) async throws -> [ByteRanges.Block] {
      let range =
        Timestamp(millisecondsSince1970: Sample.base + from)..<Timestamp(millisecondsSince1970: Sample.base + to)
      return try await store.byteRanges(in: key, time: range).blocks
    }
    #expect(try await blocks(0, 1) == [all[0]])
    #expect(try await blocks(1, 60_000).isEmpty)
    #expect(try await blocks(60_000, 120_001) == [all[1], all[2]])
    #expect(try await blocks(-1e9, 1e9) == all)
    #expect(try await blocks(5, 5).isEmpty)
    try await store.close()
  }
}
