import Testing

@testable import SegmentEngine

@Suite("The hub sends each viewer on by what it knows itself")
struct TailHubTests {
  private let key = SessionKey(project: "shop", id: "s")

  private func events(_ first: UInt64, _ count: Int, bytes: Int = 10) -> TailNews {
    var runs = EventRuns()
    runs.append(sequence: first, count: count, epoch: 1, window: "")
    return TailNews(
      key: key,
      what: .events(
        first: first, count: count, EventChunk(ndjson: [UInt8](repeating: 0x0A, count: bytes), runs: runs)))
  }

  @Test("A finish that one read on the disk ends no other that has not read so far")
  func finishOfAnother() async throws {
    let hub = TailHub(limit: 1 << 20)
    let (slow, quick) = (hub.register(key), hub.register(key))
    // The quick one has read ten events and the finish, the slow one five events and none.
    guard case .finished(7) = await hub.step(quick, .init(next: 10, seen: 0, finished: 7)) else {
      Issue.record("who has read the finish is not at its end")
      return
    }
    async let step = hub.step(slow, .init(next: 5, seen: 0))
    hub.publish([TailNews(key: key, what: .events(first: 5, count: 5, nil))])
    hub.wake()
    guard case .behind(1) = await step else {
      Issue.record("who has not read it is not sent to the disk")
      return
    }
  }

  @Test("Who waits gets the batch it waits for; who wants an older one finds it as long as it is kept")
  func recents() async throws {
    let hub = TailHub(limit: 10_000)
    let viewer = hub.register(key)
    for first in 0..<40 { hub.publish([events(UInt64(first * 2), 2, bytes: 100)]) }
    #expect(hub.recentBytes > 9_000 && hub.recentBytes <= 10_000)
    var isKept: [Bool] = []
    for first in 0..<40 {
      switch await hub.step(viewer, .init(next: UInt64(first * 2), seen: 0)) {
      case .events(let chunk):
        #expect(chunk.lastCursor?.sequence == UInt64(first * 2 + 1))
        isKept.append(true)
      case .behind: isKept.append(false)
      default: Issue.record("neither events nor the disk")
      }
      // Within a batch: from the disk.
      if case .events = await hub.step(viewer, .init(next: UInt64(first * 2 + 1), seen: 0)) {
        Issue.record("a batch that begins before")
      }
    }
    // The last ones, and no others.
    let kept = isKept.count { $0 }
    #expect((10..<40).contains(kept) && isKept.suffix(kept).allSatisfy { $0 })
    withExtendedLifetime(viewer) {}
  }

  @Test("An error of the store is told to those who wait, and not to who comes later")
  func interrupted() async throws {
    let hub = TailHub(limit: 10_000)
    let viewer = hub.register(key)
    let waiting = Task { await hub.step(viewer, .init(next: 0, seen: 0)) }
    while true {
      hub.interrupt(StoreError(.ioFailed, "no"))
      // It may not wait yet.
      hub.publish([events(0, 1)])
      hub.wake()
      if case .failed(let error) = await waiting.value { #expect(error.code == .ioFailed) }
      break
    }
    guard case .events = await hub.step(viewer, .init(next: 0, seen: 0)) else {
      Issue.record("the error stays")
      return
    }
  }

  @Test("Nothing of a session that was let go is kept, also of a group that was under way")
  func letGo() {
    let hub = TailHub(limit: 10_000)
    let viewer = hub.register(key)
    hub.publish([events(0, 1)])
    #expect(hub.recentBytes > 0)
    hub.fail([(key, StoreError(.sessionErased, "gone"))])
    hub.publish([events(1, 1)])
    #expect(hub.recentBytes == 0)
    withExtendedLifetime(viewer) {}
  }
}
