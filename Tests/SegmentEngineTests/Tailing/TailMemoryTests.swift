import SegmentEngine
import Testing

@testable import class SegmentEngine.ReplayStore

@Suite("Memory for viewers is bounded over all sessions")
struct TailMemoryTests {
  private let keys = (0..<4).map { SessionKey(project: "shop", id: "s\($0)") }

  @Test("Viewers that do not read cost no more than the bound, and read all of it later from the disk")
  func slow() async throws {
    let folder = try StoreFolder()
    var configuration = Configuration.small()
    configuration.tailBytes = 100_000
    let store = try await folder.open(.readWrite, configuration)
    var iterators: [SessionTail.Iterator] = []
    for key in keys {
      try await store.add([Sample.click(Sample.base)], to: key)
      var iterator = store.tail(key).makeAsyncIterator()
      #expect(try await iterator.next()?.count == 1)
      iterators.append(iterator)
    }
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<100 {
      for key in keys { try await store.add([Sample.mutation(Sample.base, text: generator.letters(2_000))], to: key) }
      #expect(store.core.tails.recentBytes <= 100_000)
    }
    #expect(store.core.tails.recentBytes > 90_000)
    for (place, key) in keys.enumerated() {
      var sequences: [UInt64] = []
      while sequences.count < 100, let chunk = try await iterators[place].next() {
        #expect(chunk.gapBefore == nil)
        sequences += chunk.events.map(\.sequence)
      }
      #expect(sequences == (1...100).map(UInt64.init), "\(key)")
    }
    iterators = []
    #expect(store.core.tails.recentBytes == 0 && store.core.tails.watchedKeys.isEmpty)
    try await store.close()
  }

  @Test("Nothing is kept of sessions that nobody watches")
  func unwatched() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    for key in keys { try await store.add([Sample.click(Sample.base)], to: key) }
    var iterator = store.tail(keys[0]).makeAsyncIterator()
    #expect(try await iterator.next()?.count == 1)
    for key in keys { try await store.add([Sample.click(Sample.base)], to: key) }
    #expect(store.core.tails.recentBytes < 1_000)
    #expect(try await iterator.next()?.count == 1)
    try await store.close()
  }
}
