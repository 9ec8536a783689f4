import SegmentEngine
import Testing

@Suite("A tail from the last keyframe begins where a player can")
struct TailKeyframeTests {
  private let key = SessionKey(project: "shop", id: "s")

  private func mutation(_ index: Int) -> String { Sample.mutation(Sample.base + Double(index), text: "m\(index)") }

  @Test("Each window at its last keyframe with its Meta event, wherever it lies", arguments: [false, true])
  func windows(_ isFlushed: Bool) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let batches: [(String, [String])] = [
      ("a", [Sample.meta(Sample.base), Sample.snapshot(Sample.base + 1), mutation(2)]),
      ("b", [Sample.meta(Sample.base + 3), Sample.snapshot(Sample.base + 4), mutation(5)]),
      ("a", [mutation(6), Sample.meta(Sample.base + 7)]), ("b", [mutation(8)]),
      ("a", [mutation(9), Sample.snapshot(Sample.base + 10), mutation(11)]), ("b", [mutation(12)]),
    ]
    for (window, events) in batches {
      try await store.add(events, to: key, window: window)
      if isFlushed { try await store.flush() }
    }
    // Window a: its second Meta event and keyframe, nothing between; window b: all of it.
    let expected = [
      Sample.meta(Sample.base + 3), Sample.snapshot(Sample.base + 4), mutation(5), Sample.meta(Sample.base + 7),
      mutation(8), Sample.snapshot(Sample.base + 10), mutation(11), mutation(12),
    ]
    let polled = try await store.events(in: key, after: nil, fromKeyframe: true).all()
    #expect(polled.lines == expected && polled.gaps.isEmpty)
    let watcher = Watcher(store.tail(key, fromKeyframe: true))
    try await watcher.hasSeen(expected.count)
    try await store.add([mutation(13)], to: key, window: "a")
    try await store.finish(key)
    #expect(try await watcher.end().lines == expected + [mutation(13)])
    // Behind a cursor both windows go on where the viewer left them, unless a keyframe follows.
    let all = try await store.events(in: key, after: nil).all()
    #expect(
      try await store.events(in: key, after: all.events[10].cursor, fromKeyframe: true).all().lines
        == Array(all.lines[11...]))
    // Behind the first keyframes: window b goes on from there, window a at its next keyframe.
    let behind = try await store.events(in: key, after: all.events[5].cursor, fromKeyframe: true).all()
    #expect(
      behind.lines
        == [
          Sample.meta(Sample.base + 7), mutation(8), Sample.snapshot(Sample.base + 10), mutation(11), mutation(12),
          mutation(13),
        ])
    try await store.close()
  }

  @Test("A viewer joins a long session without reading what came before")
  func reads() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    for index in 0..<200 {
      var events = [Sample.mutation(Sample.base + Double(index), text: String(repeating: "x", count: 4_000))]
      if index % 60 == 0 {
        events = [Sample.meta(Sample.base + Double(index)), Sample.snapshot(Sample.base + Double(index))] + events
      }
      try await store.add(events, to: key)
    }
    try await store.flush()
    var chunks = 0
    for try await chunk in store.events(in: key, after: nil, fromKeyframe: true) {
      #expect(chunk.gapBefore == nil)
      if chunks == 0 { #expect(chunk.events.first?.type == 4 && chunk.events.first?.sequence == 186) }
      chunks += 1
    }
    #expect(chunks < 30)
    try await store.close()
  }

  @Test("A keyframe that cannot be read is a gap, and the one before it is begun with")
  func damaged() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    for index in [0, 10, 20] {
      try await store.add(
        [Sample.meta(Sample.base + Double(index)), Sample.snapshot(Sample.base + Double(index) + 1)], to: key)
    }
    let journal = try #require(try folder.files(in: "journals").first)
    var bytes = try folder.read(journal)
    // The session's name in the head of the last record.
    let last = try #require(bytes.indices.last { bytes[$0...].starts(with: [4] + Array("shop".utf8) + [1]) })
    bytes[last + 1] ^= 1
    try folder.write(bytes, to: journal)
    let read = try await store.events(in: key, after: nil, fromKeyframe: true).all()
    #expect(read.sequences == [2, 3] && read.gaps.map(\.reason) == [.lost])
    #expect(read.gaps.first?.sequences == 4..<6)
    try await store.close()
  }

  @Test("A session without a keyframe is given from the first event on, and says so")
  func none() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([mutation(0), mutation(1)], to: key)
    let read = try await store.events(in: key, after: nil, fromKeyframe: true).all()
    #expect(read.lines == [mutation(0), mutation(1)] && read.gaps.map(\.reason) == [.noKeyframe])
    try await store.close()
  }
}
