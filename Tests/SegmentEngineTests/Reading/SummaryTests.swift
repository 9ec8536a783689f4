import SegmentEngine
import Testing

@Suite("A summary tells the same wherever the events lie")
struct SummaryTests {
  private let key = SessionKey(id: "s")

  /// What a flush or a restart may change is left out.
  private func facts(_ store: ReplayStore, sourceLocation: SourceLocation = #_sourceLocation) async throws
    -> SessionSummary
  {
    var summary = try #require(try await store.summary(of: key), sourceLocation: sourceLocation)
    summary.storedBytes = 0
    summary.segments = 0
    summary.isLive = false
    return summary
  }

  @Test("Every fact is what the events say")
  func facts() async throws {
    let folder = try StoreFolder()
    var store = try await folder.open()
    let base = Sample.base
    let first = [
      Sample.meta(base, href: "https://a.example/1"), Sample.snapshot(base + 10), Sample.click(base + 1_000),
      Sample.input(base + 4_000), Sample.error(base + 4_100),
    ]
    let second = [
      Sample.meta(base + 5_000, href: "https://a.example/\u{E9}?q=\\\"x\\\""), Sample.snapshot(base + 5_001),
      Sample.click(base + 6_500.5), Sample.mutation(base / 1_000), Sample.custom(base + 7_000),
      Sample.meta(base + 60_000, href: "https://a.example/1"), Sample.click(base + 60_001),
    ]
    let receipt = try await store.append(
      Sample.batch(first), to: key, window: "w1", visitor: "v", origin: .imported)
    let last = try await store.append(Sample.batch(second), to: key, window: "w2", origin: .imported)
    try await store.setTags(["plan": "pro", "gone": "x"], on: key)
    try await store.setTags(["plan": "free", "gone": nil, "empty": ""], on: key)
    try await store.finish(key)
    let live = try #require(try await store.summary(of: key))
    #expect(live.isLive && live.segments == 0)
    #expect(live.key == key && live.visitor == "v")
    #expect(live.start?.millisecondsSince1970 == base)
    #expect(live.end?.millisecondsSince1970 == base + 60_001)
    #expect(live.durationMilliseconds == 60_001)
    #expect(live.firstReceived == receipt.received && live.lastReceived == last.received)
    #expect(live.events == 12)
    let expected: [(UInt8, [String])] = [
      (2, [first[1], second[1]]), (4, [first[0], second[0], second[5]]), (5, [second[4]]), (6, [first[4]]),
      (16, [second[3]]), (18, [first[2], second[2], second[6]]), (21, [first[3]]),
    ]
    #expect(live.kinds.map(\.kind.rawValue) == expected.map(\.0))
    #expect(live.kinds.map(\.events) == expected.map { UInt64($0.1.count) })
    #expect(live.kinds.map(\.rawBytes) == expected.map { $0.1.reduce(0) { $0 + UInt64($1.utf8.count) + 1 } })
    #expect(live.pages == ["https://a.example/1", "https://a.example/\u{E9}?q=\"x\""])
    #expect(live.pageCount == 3)
    #expect(live.clicks == 3 && live.inputs == 1 && live.errors == 1)
    #expect(live.implausibleTimestamps == 1 && live.packedEvents == 0)
    // 1,000 to 4,000 and on to 6,500.5, in whole milliseconds a step; the step of 53 s does not count.
    #expect(live.activeMilliseconds == 5_500)
    #expect(live.rawBytes == UInt64(Sample.batch(first).count + Sample.batch(second).count))
    #expect(live.windows == ["w1", "w2"])
    #expect(live.tags == ["plan": "free", "empty": ""])
    #expect(live.finished != nil)
    #expect(live.nextSequence == 12)
    #expect(live.storedBytes > 0)

    let before = try await facts(store)
    try await store.flush()
    let packed = try #require(try await store.summary(of: key))
    #expect(!packed.isLive && packed.segments == 1 && packed.storedBytes > 0)
    #expect(try await facts(store) == before)
    try await store.close()
    store = try await folder.open()
    #expect(try await facts(store) == before)
    try await store.flush()
    #expect(try await facts(store) == before)
    try await store.close()
    let reader = try await folder.open(.readOnly)
    #expect(try await facts(reader) == before)
    try await reader.close()
  }

  @Test("Random sessions: live, reopened, packed and in several segments", arguments: 0..<12)
  func random(_ seed: Int) async throws {
    var random = RandomSession(seed: seed)
    let batches = random.batches(24)
    func fill(flushes: Set<Int>, reopens: Set<Int>) async throws -> (SessionSummary, StoreFolder, ReplayStore) {
      let folder = try StoreFolder()
      var store = try await folder.open()
      for (index, batch) in batches.enumerated() {
        // Clicks make it active, out of order where the clock is.
        let click = Sample.click((batch.events.last?.timestamp ?? Sample.base) + Double(index))
        try await store.append(batch.bytes + Sample.batch(click), to: key, window: batch.window, origin: .imported)
        if flushes.contains(index) { try await store.flush() }
        if reopens.contains(index) {
          try await store.close()
          store = try await folder.open(.readWrite, .small(maintainsItself: false))
        }
      }
      return (try await facts(store), folder, store)
    }
    var (plain, folder, store) = try await fill(flushes: [], reopens: [])
    let segmented = try await fill(flushes: [5, 11, 17], reopens: [])
    let reopened = try await fill(flushes: [], reopens: [3, 9, 15])
    let both = try await fill(flushes: [7, 14], reopens: [4, 10, 16])
    try await reopened.2.flush()
    let flushedLate = try await facts(reopened.2)
    for var other in [segmented.0, reopened.0, both.0, flushedLate] {
      // Each run receives at its own time.
      other.firstReceived = plain.firstReceived
      other.lastReceived = plain.lastReceived
      // Where a clock goes back, what counts as active depends on how the events are grouped.
      if [.jittering, .wild].contains(random.clock) { other.activeMilliseconds = plain.activeMilliseconds }
      #expect(other == plain, "seed \(seed)")
    }
    let live = plain
    try await store.flush()
    plain = try await facts(store)
    #expect(plain == live, "seed \(seed)")
    try await store.close()
    store = try await folder.open()
    #expect(try await facts(store) == live, "seed \(seed)")
    for open in [store, segmented.2, reopened.2, both.2] {
      #expect(try await open.verify(deep: true).findings == [], "seed \(seed)")
      try await open.close()
    }
  }

  @Test("At most 64 pages are listed, all are counted")
  func pages() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add((0..<100).map { Sample.meta(Sample.base + Double($0), href: "https://a/\($0 % 70)") }, to: key)
    for _ in 0..<2 {
      let summary = try #require(try await store.summary(of: key))
      #expect(summary.pages == (0..<64).map { "https://a/\($0)" })
      #expect(summary.pageCount == 100)
      try await store.flush()
    }
    try await store.close()
  }

  @Test("Tags set and removed across flushes keep the last word")
  func tags() async throws {
    let folder = try StoreFolder()
    var store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.setTags(["a": "1", "b": "1", "c": "1"], on: key)
    try await store.flush()
    try await store.setTags(["a": "2", "b": nil], on: key)
    #expect(try await store.summary(of: key)?.tags == ["a": "2", "c": "1"])
    try await store.flush()
    #expect(try await store.summary(of: key)?.tags == ["a": "2", "c": "1"])
    try await store.close()
    store = try await folder.open()
    try await store.setTags(["b": "3", "c": nil], on: key)
    try await store.setTags([:], on: key)
    for _ in 0..<2 {
      #expect(try await store.summary(of: key)?.tags == ["a": "2", "b": "3"])
      #expect(try await store.summary(of: key)?.events == 1)
      try await store.flush()
    }
    #expect(try await store.export(key) == Sample.click(Sample.base) + "\n")
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }
}
