internal import Foundation
import SegmentEngine
import Testing

/// The code of GettingStarted.md, which ArticleTests holds against the marked regions here.
@Suite("Getting started, as the article has it", .timeLimit(.minutes(2)))
struct GettingStartedTests {
  /// What a server would do with what it reads: here it is only noted.
  private final class Viewer {
    var bytes: [UInt8] = []
    var listed: [SessionKey] = []
    var gaps: [String] = []
    func send(_ ndjson: [UInt8]) { bytes += ndjson }
    func show(_ session: SessionSummary) { listed.append(session.key) }
    func warn(_ message: String) { gaps.append(message) }
  }

  /// A minute and a half that was recorded just now: a live batch's times are held against the clock.
  private static let now = (Date().timeIntervalSince1970 * 1_000).rounded(.down) - 90_000
  private static let first = Sample.batch([Sample.meta(now), Sample.snapshot(now + 1), Sample.error(now + 2)])
  private static let second = Sample.batch([
    Sample.meta(now + 60_000), Sample.snapshot(now + 60_001), Sample.click(now + 90_000),
  ])

  @Test("A session is stored, listed, played, tagged, pinned and erased")
  func life() async throws {
    let folder = try StoreFolder()
    let path = folder.path
    let viewer = Viewer()
    let (send, show, warn) = (viewer.send, viewer.show, viewer.warn)

    // [article]
    let store = try await ReplayStore.open(path)
    // [end]

    let body = Self.first
    // [article]
    let key = SessionKey(project: "shop", id: "s-1842")
    let receipt = try await store.append(body, to: key, window: "tab-1", batchID: "s-1842-1", visitor: "v-31")
    print("\(receipt.events) events from \(receipt.first) on are on the disk")
    // [end]
    #expect(receipt.events == 3 && receipt.first.sequence == 0 && !receipt.isDuplicate)

    // [article]
    let again = try await store.append(body, to: key, window: "tab-1", batchID: "s-1842-1", visitor: "v-31")
    assert(again.isDuplicate && again.first == receipt.first)
    // [end]
    #expect(again.isDuplicate && again.first == receipt.first)
    try await store.append(Self.second, to: key, window: "tab-1", batchID: "s-1842-2", visitor: "v-31")

    // [article]
    var query = SessionQuery(project: "shop", hasErrors: true, limit: 20)
    repeat {
      let page = try await store.sessions(query)
      for session in page.sessions { show(session) }
      query.after = page.next
    } while query.after != nil
    // [end]
    #expect(viewer.listed == [key])

    // [article]
    for try await chunk in store.playback(of: key, at: .offset(milliseconds: 75_000)) {
      if let gap = chunk.gapBefore { warn(gap.message) }
      send(chunk.ndjson)
    }
    // [end]
    // From the keyframe at +60 s on, with the Meta event before it.
    #expect(viewer.bytes == Self.second && viewer.gaps.isEmpty)

    viewer.bytes = []
    // [article]
    for try await chunk in store.events(in: key) { send(chunk.ndjson) }
    // [end]
    #expect(viewer.bytes == Self.first + Self.second)

    // [article]
    try await store.flush()
    let ranges = try await store.byteRanges(in: key)
    for block in ranges.blocks {
      let stored = try await store.storedBlock(block.id, of: key)
      print("\(block.id): \(block.events) events in \(stored.bytes.count) bytes of \(stored.codec)")
    }
    // [end]
    #expect(ranges.blocks.map(\.events).reduce(0, +) == 6 && ranges.liveFrom == nil)

    // [article]
    try await store.setTags(["plan": "pro", "ticket": "77"], on: key)
    try await store.finish(key)
    // [end]
    let summary = try #require(try await store.summary(of: key))
    #expect(summary.tags == ["plan": "pro", "ticket": "77"] && summary.finished != nil)

    viewer.bytes = []
    // [article]
    for try await chunk in store.tail(key, fromKeyframe: true) {
      send(chunk.ndjson)
      if let time = chunk.finished { print("finished at \(time.millisecondsSince1970)") }
    }
    // [end]
    // From the window's last keyframe on.
    #expect(viewer.bytes == Self.second)

    // [article]
    try await store.pin(key)
    try await store.setPolicy(.sampled)
    // [end]
    #expect(try await store.policy() == .sampled)
    #expect(try await store.summary(of: key)?.isPinned == true)

    // [article]
    let erasure = try await store.erase(.visitor("v-31", project: "shop"))
    print("\(erasure.sessions) sessions erased; not reached: \(erasure.limits)")
    // [end]
    #expect(erasure.sessions == 1 && erasure.isComplete)
    #expect(try await store.summary(of: key) == nil)
    #expect(await failure { try await store.append(body, to: key) }?.code == .sessionErased)

    // [article]
    try await store.close()
    // [end]
    #expect(await failure { _ = try await store.info() }?.code == .closed)
  }

  @Test("A store is opened beside the one that writes, and with other values")
  func modes() async throws {
    let folder = try StoreFolder()
    let path = folder.path
    // [article]
    var configuration = Configuration()
    configuration.recentHours = 48
    configuration.metricsName = "replay"
    let writer = try await ReplayStore.open(path, configuration: configuration)
    let reader = try await ReplayStore.open(path, mode: .readOnly)
    // [end]
    let key = SessionKey(id: "s")
    try await writer.add([Sample.click(Sample.base)], to: key)
    #expect(try await reader.summary(of: key)?.events == 1)
    #expect(await failure { _ = try await ReplayStore.open(path) }?.code == .locked)
    #expect(await failure { try await reader.finish(key) }?.code == .wrongMode)
    try await reader.close()
    try await writer.close()
  }
}
