import SegmentFiles
import Testing

@testable import SegmentEngine

/// Several chunks come with one visit to a reading thread: what is given out must not tell.
@Suite("Chunks that are read several at a time")
struct EventChunksTests {
  /// Chunks of given sizes, the first of each kind of trouble once.
  private struct Scripted: ChunkStream {
    let sizes: [Int]
    /// Before this chunk reading fails, once.
    let failing: Int?
    let momentEnd: Int
    let hasFailed: Lock<Bool>
    let asked: Lock<Int>
    var place = 0

    mutating func next() throws(StoreError) -> EventChunk? {
      if place == failing,
        hasFailed.withLock({ failed in
          defer { failed = true }
          return !failed
        })
      {
        place += 1
        throw StoreError(.ioFailed, "scripted")
      }
      guard place < sizes.count else { return nil }
      asked.withLock { $0 += 1 }
      defer { place += 1 }
      var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: sizes[place])
      bytes[0] = UInt8(place)
      return EventChunk(ndjson: bytes, runs: EventRuns())
    }

    var isAtEnd: Bool { false }
    var isBeforeMoment: Bool { place < momentEnd }
  }

  private func read(
    _ sizes: [Int], failing: Int? = nil, momentEnd: Int = 0,
    _ body: (inout EventChunks.Iterator, Lock<Int>) async throws -> Void
  ) async throws {
    let pool = WorkerPool(threads: 1, name: "test")
    defer { pool.stop() }
    let (failed, asked) = (Lock(false), Lock(0))
    let chunks = EventChunks(pool: pool) {
      Scripted(sizes: sizes, failing: failing, momentEnd: momentEnd, hasFailed: failed, asked: asked)
    }
    var iterator = chunks.makeAsyncIterator()
    try await body(&iterator, asked)
  }

  @Test("Each comes once and in order, then nil, and nil again", arguments: [1, 1_000, 100_000, 300_000])
  func inOrder(size: Int) async throws {
    try await read([Int](repeating: size, count: 20)) { (iterator, _) async throws in
      for place in 0..<20 { #expect(try await iterator.next()?.ndjson.first == UInt8(place)) }
      #expect(try await iterator.next() == nil)
      #expect(try await iterator.next() == nil)
    }
  }

  @Test("The first is not held up for the next, unless there is nothing to show without it")
  func firstAlone() async throws {
    try await read([10, 10, 10, 10]) { (iterator, asked) async throws in
      _ = try await iterator.next()
      #expect(asked.withLock { $0 } == 1)
    }
    try await read([10, 10, 10, 10], momentEnd: 3) { (iterator, asked) async throws in
      _ = try await iterator.next()
      #expect(asked.withLock { $0 } == 3)
    }
  }

  @Test("A failure comes behind what was read before it, and reading goes on where it failed", arguments: 0..<6)
  func failure(at failing: Int) async throws {
    try await read([Int](repeating: 10, count: 6), failing: failing) { (iterator, _) async throws in
      var seen: [UInt8?] = []
      var failures = 0
      while seen.count < 6 {
        do {
          let chunk = try await iterator.next()
          seen.append(try #require(chunk).ndjson.first)
        } catch let error as StoreError {
          #expect(error.code == .ioFailed && seen.count == failing)
          failures += 1
        }
      }
      #expect(seen == (0..<6).map { UInt8($0) } && failures == 1)
      #expect(try await iterator.next() == nil)
    }
  }
}
