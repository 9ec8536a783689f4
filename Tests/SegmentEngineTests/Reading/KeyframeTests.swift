import SegmentEngine
import Testing

@Suite("Playback starts at the right keyframe and says where it cannot")
struct KeyframeTests {
  private let key = SessionKey(id: "s")

  private func at(_ offset: Double) -> PlaybackTime { .at(Timestamp(millisecondsSince1970: Sample.base + offset)) }

  /// Runs `check` on the live session and again on the packed one.
  private func store(
    _ batches: [[String]], window: String = "", _ check: (ReplayStore) async throws -> Void
  ) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    for batch in batches { try await store.add(batch, to: key, window: window) }
    try await check(store)
    try await store.flush()
    try await check(store)
    try await store.close()
  }

  private func page(_ offset: Double) -> [String] {
    [Sample.meta(Sample.base + offset), Sample.snapshot(Sample.base + offset + 1)]
  }

  private func step(_ offset: Double) -> String { Sample.mutation(Sample.base + offset) }

  @Test("At the last one at or before the time, with the Meta event before it")
  func lastBefore() async throws {
    let batches = [page(0) + [step(10)], [step(20)], page(1_000) + [step(1_010)], page(2_000)]
    try await store(batches) { store in
      for (offset, first) in [(1.0, 0), (500, 0), (1_000, 0), (1_001, 2), (1_500, 2), (2_001, 3), (9_999, 3)] {
        let read = try await store.playback(of: key, at: at(offset)).all()
        #expect(read.lines == Array(batches[first...].joined()), "at \(offset)")
        #expect(read.gaps.isEmpty)
      }
      let offset = try await store.playback(of: key, at: .offset(milliseconds: 1_001)).all()
      #expect(offset.lines == Array(batches[2...].joined()))
    }
  }

  @Test("At the next one where there is none before, and says so")
  func startsLater() async throws {
    try await store([[step(0)], page(1_000), [step(1_100)]]) { store in
      let read = try await store.playback(of: key, at: at(500)).all()
      #expect(read.lines == page(1_000) + [step(1_100)])
      #expect(read.gaps.map(\.reason) == [.startsLater] && read.gaps.first?.sequences == nil)
      #expect(read.gaps.first?.message.contains("2025-10-09T08:53:21.001Z") == true)
      let start = try await store.playback(of: key).all()
      #expect(start.lines == read.lines && start.gaps.isEmpty)
    }
  }

  @Test("At the first event where there is no keyframe at all, and says so")
  func noKeyframe() async throws {
    try await store([[step(0), step(1)], [step(2)]]) { store in
      for time in [PlaybackTime.start, at(1), .offset(milliseconds: 1)] {
        let read = try await store.playback(of: key, at: time).all()
        #expect(read.lines == [step(0), step(1), step(2)])
        #expect(read.gaps.map(\.reason) == [.noKeyframe])
      }
    }
  }

  @Test("With the Meta event that came in the batch before")
  func metaInTheBatchBefore() async throws {
    let batches = [
      page(0), [step(10), Sample.meta(Sample.base + 1_000)], [Sample.snapshot(Sample.base + 1_001), step(1_002)],
    ]
    try await store(batches) { store in
      let read = try await store.playback(of: key, at: at(1_500)).all()
      #expect(read.lines == [batches[1][1]] + batches[2])
    }
  }

  @Test("With the Meta event that was packed already")
  func metaPackedBefore() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let meta = Sample.meta(Sample.base + 1_000)
    try await store.add(page(0) + [step(10), meta], to: key)
    try await store.flush()
    try await store.add([Sample.snapshot(Sample.base + 1_001), step(1_002)], to: key)
    for _ in 0..<2 {
      let read = try await store.playback(of: key, at: at(1_500)).all()
      #expect(read.lines == [meta, Sample.snapshot(Sample.base + 1_001), step(1_002)])
      try await store.flush()
    }
    try await store.close()
  }

  @Test("Each window at its own")
  func windows() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add(page(0), to: key, window: "a")
    try await store.add(page(100) + [step(150)], to: key, window: "b")
    try await store.add([step(200)], to: key, window: "a")
    try await store.add(page(300), to: key, window: "b")
    try await store.add([step(310)], to: key, window: "c")
    try await store.add([step(320)], to: key, window: "a")
    for _ in 0..<2 {
      let together = try await store.playback(of: key, at: at(305)).all()
      #expect(together.lines == page(0) + [step(150), step(200)].suffix(1) + page(300) + [step(310), step(320)])
      #expect(together.events.map(\.window) == ["a", "a", "a", "b", "b", "c", "a"])
      #expect(together.gaps.isEmpty)
      let apart = try await store.playback(of: key, at: at(305), window: "a").all()
      #expect(apart.lines == page(0) + [step(200), step(320)])
      let none = try await store.playback(of: key, at: at(305), window: "c").all()
      #expect(none.lines == [step(310)] && none.gaps.map(\.reason) == [.noKeyframe])
      try await store.flush()
    }
    try await store.close()
  }

  @Test("Not at one whose timestamp is in seconds, decades off or 0", arguments: [Sample.base / 1_000, 5.7e12, 0])
  func absurd(_ time: Double) async throws {
    let stray = [Sample.meta(time), Sample.snapshot(time)]
    let batches = [page(0) + [step(10), step(20)], [step(60_000)] + stray + [step(60_010)], [step(60_020)]]
    try await store(batches) { store in
      for offset in [1.0, 15, 59_000] {
        let read = try await store.playback(of: key, at: at(offset)).all()
        #expect(read.lines.first == batches[0][0], "at \(offset)")
        #expect(read.lines.count == 9 && read.gaps.isEmpty, "at \(offset)")
      }
    }
  }

  @Test("A session whose clock is wrong throughout is played from a keyframe on")
  func wrongClock() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    // Live, and years ago: nothing of it is plausible.
    for batch in [[step(0)], page(10) + [step(20)], [step(30)]] { try await store.append(Sample.batch(batch), to: key) }
    for _ in 0..<2 {
      let read = try await store.playback(of: key).all()
      #expect(read.lines == page(10) + [step(20), step(30)])
      #expect(try await store.events(in: key, order: .time).all().lines == [step(0)] + read.lines)
      #expect(try await store.summary(of: key)?.start == nil)
      #expect(try await store.summary(of: key)?.implausibleTimestamps == 5)
      try await store.flush()
    }
    try await store.close()
  }

  @Test("A moment that is no number is refused")
  func notANumber() async throws {
    try await store([page(0)]) { store in
      for time in [Double.nan, .infinity, -.infinity] {
        let moments: [PlaybackTime] = [.at(Timestamp(millisecondsSince1970: time)), .offset(milliseconds: time)]
        for moment in moments {
          let error = await failure { _ = try await store.playback(of: key, at: moment).all() }
          #expect(error?.code == .invalidArgument, "\(moment)")
        }
      }
      let open = Timestamp(millisecondsSince1970: 0)..<Timestamp(millisecondsSince1970: .infinity)
      #expect(await failure { _ = try await store.events(in: key, time: open).all() }?.code == .invalidArgument)
      #expect(
        await failure { _ = try await store.events(in: key, time: open, order: .time).all() }?.code == .invalidArgument)
      #expect(await failure { _ = try await store.byteRanges(in: key, time: open) }?.code == .invalidArgument)
    }
  }

  @Test("A moment far from the session is no trouble")
  func farAway() async throws {
    try await store([page(0)]) { store in
      for time in [0, -1e300, 1e300, 1e17] {
        let read = try await store.playback(of: key, at: .at(Timestamp(millisecondsSince1970: time))).all()
        #expect(read.lines == page(0))
        #expect(read.gaps.map(\.reason) == (time < Sample.base ? [.startsLater] : []))
      }
    }
  }
}
