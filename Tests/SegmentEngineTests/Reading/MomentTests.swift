import SegmentFiles
import Testing

@testable import SegmentEngine

@Suite("A moment is shown without decompressing what is behind it, again from memory, and erased for good")
struct MomentTests {
  private let key = SessionKey(project: "shop", id: "long")
  /// Milliseconds between events, of some 2 KB each.
  private static let step = 100.0
  private static let events = 600

  private func configuration(cache: Int) -> Configuration {
    var configuration = Configuration.small(block: 1 << 20)
    configuration.blockCacheBytes = cache
    return configuration
  }

  /// One session of 600 events with two keyframes, in two blocks.
  private func fill(_ store: ReplayStore) async throws -> [String] {
    var random = SeededGenerator(seed: 5)
    var lines: [String] = []
    for event in 0..<Self.events {
      let time = Sample.base + Double(event) * Self.step
      let text = random.letters(2_000)
      switch event {
      case 0, 200: lines.append(Sample.meta(time))
      case 1, 201: lines.append(Sample.snapshot(time, text: text))
      default: lines.append(Sample.mutation(time, text: text))
      }
    }
    for start in stride(from: 0, to: lines.count, by: 50) {
      try await store.append(Sample.batch(Array(lines[start..<start + 50])), to: key, origin: .imported)
    }
    try await store.flush()
    return lines
  }

  private func moment(_ event: Int) -> PlaybackTime {
    .at(Timestamp(millisecondsSince1970: Sample.base + Double(event) * Self.step + 1))
  }

  private func first(_ event: Int) -> Int { event < 201 ? 0 : 200 }

  @Test(
    "The first chunk goes to the moment and hardly beyond, the rest is there for who asks, from wherever",
    arguments: [0, 2 << 20, 64 << 20])
  func moments(cache: Int) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, configuration(cache: cache))
    let lines = try await fill(store)
    #expect(try await store.byteRanges(in: key).blocks.count == 2)
    for event in [1, 2, 5, 40, 150, 199, 205, 300, 450, 480, 530, 590, 300, 40, 599] {
      var chunks = store.playback(of: key, at: moment(event)).makeAsyncIterator()
      var taken = 0
      while let chunk = try await chunks.next() {
        taken += chunk.count
        if first(event) + taken > event + 1 { break }
      }
      let wanted = event + 1 - first(event)
      #expect(taken >= min(wanted + 1, Self.events - first(event)))
      // Behind the moment comes no more than one event, or the little that is left of a block.
      #expect(taken <= max(wanted, 2) + 40, "event \(event): \(taken) were given for \(wanted)")
      let all = try await store.playback(of: key, at: moment(event)).all()
      #expect(all.lines == Array(lines[first(event)...]) && all.gaps.isEmpty, "event \(event)")
      #expect(all.events.map(\.sequence) == (UInt64(first(event))..<UInt64(Self.events)).map { $0 })
      #expect(store.core.blocks.byteCount <= cache)
    }
    #expect((store.core.blocks.count > 0) == (cache > 0))
    try await store.close()
  }

  @Test("Several windows in one block, cut between any two events")
  func windows() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, configuration(cache: 64 << 20))
    var random = SeededGenerator(seed: 6)
    var lines: [String] = []
    for event in 0..<Self.events {
      let time = Sample.base + Double(event) * Self.step
      let window = event < 4 ? event / 2 : event / 7 % 2
      lines.append(
        event < 4
          ? event % 2 == 0 ? Sample.meta(time) : Sample.snapshot(time)
          : Sample.mutation(time, text: random.letters(2_000)))
      try await store.append(
        Sample.batch([lines[event]]), to: key, window: window == 0 ? "a" : "b", origin: .imported)
    }
    try await store.flush()
    for event in [3, 4, 10, 11, 12, 200, 471, 530, 599] {
      for _ in 0..<2 {
        let all = try await store.playback(of: key, at: moment(event)).all()
        #expect(all.lines == lines && all.gaps.isEmpty, "event \(event)")
        #expect(
          all.events.allSatisfy {
            let number = Int($0.sequence)
            return $0.window == ((number < 4 ? number / 2 : number / 7 % 2) == 0 ? "a" : "b")
          })
      }
    }
    try await store.close()
  }

  @Test("Erased while it is played and in memory: nothing more is given, and nothing stays", arguments: [false, true])
  func erased(elsewhere: Bool) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, configuration(cache: 64 << 20))
    _ = try await fill(store)
    let other = SessionKey(project: "shop", id: "other")
    try await store.add([Sample.meta(Sample.base), Sample.snapshot(Sample.base + 1)], to: other)
    try await store.flush()
    let reader = try await folder.open(.readOnly, configuration(cache: 64 << 20))
    var players: [EventChunks.Iterator] = []
    for handle in [store, reader] {
      var played = handle.playback(of: key, at: moment(20)).makeAsyncIterator()
      #expect(try await played.next()?.count ?? 0 > 0)
      #expect(handle.core.blocks.count == 1)
      players.append(played)
    }
    if elsewhere {
      let eraser = try await folder.open(.maintenance, configuration(cache: 0))
      _ = try await eraser.erase(.session(key))
      try await eraser.close()
      try await store.finish(other)
    } else {
      _ = try await store.erase(.session(key))
    }
    for (handle, player) in zip([store, reader], players) {
      let error = await failure { _ = try await handle.playback(of: key, at: moment(20)).all() }
      #expect(error?.code == .sessionErased)
      #expect(handle.core.blocks.count == 0 && handle.core.blocks.byteCount == 0)
      var player = player
      #expect(await failure { while try await player.next() != nil {} }?.code == .sessionErased)
      #expect(handle.core.blocks.count == 0)
    }
    try await reader.close()
    try await store.close()
  }

  @Test("A damaged block is a gap from the moment on too")
  func damaged() async throws {
    let folder = try StoreFolder()
    var store = try await folder.open(.readWrite, configuration(cache: 64 << 20))
    let lines = try await fill(store)
    let blocks = try await store.byteRanges(in: key).blocks
    try await store.close()
    var bytes = try folder.read(blocks[0].file)
    bytes[Int(blocks[0].offset) + blocks[0].length / 2] ^= 1
    try folder.write(bytes, to: blocks[0].file)
    store = try await folder.open(.readWrite, configuration(cache: 64 << 20))
    let next = blocks[1].firstSequence
    for _ in 0..<2 {
      let read = try await store.playback(of: key, at: moment(20)).all()
      #expect(read.lines == Array(lines[Int(next)...]))
      #expect(read.gaps.map(\.reason) == [.lost] && read.gaps.first?.sequences == 0..<next)
      #expect(store.core.blocks.count <= 1)
    }
    try await store.close()
  }

  @Test("Packs that are rewritten under a player: it goes on, and what was read of them is let go")
  func rewritten() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    var configuration = configuration(cache: 64 << 20)
    configuration.recentHours = 1
    configuration.trainsDictionaries = false
    let store = try await folder.open(.readWrite, configuration, clock: clock)
    let lines = try await fill(store)
    try await store.finish(key)
    try await store.flush()
    var chunks = store.playback(of: key, at: moment(30)).makeAsyncIterator()
    var played = try #require(try await chunks.next()).ndjson
    #expect(store.core.blocks.count == 1)
    clock.advance(hours: 30)
    try await store.maintain([.promotion])
    #expect(store.core.blocks.count == 0)
    // Of the block it holds it has what it needs; of the others it finds out where they are now.
    while let chunk = try await chunks.next() { played += chunk.ndjson }
    #expect(played == Sample.batch(lines))
    try await store.close()
  }
}
