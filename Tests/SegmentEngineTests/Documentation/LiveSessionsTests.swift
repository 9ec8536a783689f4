import SegmentEngine
import Testing

/// The code of LiveSessions.md, which ArticleTests holds against the marked regions here.
@Suite("Watching live sessions, as the article has it", .timeLimit(.minutes(2)))
struct LiveSessionsTests {
  /// What came in at the other end of a connection.
  actor Viewer {
    private(set) var bytes: [UInt8] = []
    private(set) var ids: [String] = []
    private(set) var gaps: [String] = []
    private(set) var isAtEnd = false
    func send(_ ndjson: [UInt8], id: String) {
      bytes += ndjson
      ids.append(id)
    }
    func warn(_ message: String) { gaps.append(message) }
    func end() { isAtEnd = true }
    func has(_ expected: [UInt8], isAtEnd expectedEnd: Bool) -> Bool { bytes == expected && isAtEnd == expectedEnd }
  }

  private let key = SessionKey(project: "shop", id: "s-1842")
  private static let first = Sample.batch(Sample.meta(Sample.base), Sample.snapshot(Sample.base + 1))
  private static let second = Sample.batch(Sample.click(Sample.base + 100), Sample.mutation(Sample.base + 200))
  private static let third = Sample.batch(Sample.meta(Sample.base + 900), Sample.snapshot(Sample.base + 901))

  // [article]
  /// Sends a session to a viewer as it is recorded, from the place that it was at, until the session is finished.
  func watch(_ key: SessionKey, after cursor: Cursor?, in store: ReplayStore, for viewer: Viewer) async throws {
    for try await chunk in store.tail(key, after: cursor, fromKeyframe: cursor == nil) {
      if let gap = chunk.gapBefore { await viewer.warn(gap.message) }
      if let last = chunk.lastCursor { await viewer.send(chunk.ndjson, id: last.description) }
      if chunk.finished != nil { await viewer.end() }
    }
  }
  // [end]

  private func append(_ batch: [UInt8], to store: ReplayStore) async throws {
    try await store.append(batch, to: key, window: "tab-1", origin: .imported)
  }

  @Test("A viewer is given what is stored and what arrives, until the session is finished")
  func live() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await append(Self.first, to: store)
    let viewer = Viewer()
    async let watching: Void = watch(key, after: nil, in: store, for: viewer)
    try await eventually("the viewer has what was stored") { await viewer.bytes == Self.first }
    try await append(Self.second, to: store)
    try await eventually("the viewer has what arrived") { await viewer.bytes == Self.first + Self.second }
    #expect(await !viewer.isAtEnd)
    try await store.finish(key)
    try await watching
    #expect(await viewer.has(Self.first + Self.second, isAtEnd: true))
    #expect(await viewer.gaps.isEmpty)
    try await store.close()
  }

  @Test("A viewer that comes back is given what it has not seen")
  func reconnecting() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await append(Self.first, to: store)
    let seen = try #require(try await store.events(in: key).all().events.last?.cursor)
    try await append(Self.second, to: store)
    try await store.flush()
    try await store.finish(key)
    let (lastEventID, viewer) = (Optional(seen.description), Viewer())
    // [article]
    let place = lastEventID.flatMap { Cursor($0) }
    try await watch(key, after: place, in: store, for: viewer)
    // [end]
    #expect(await viewer.has(Self.second, isAtEnd: true))
    // One that no event ever had.
    let unknown = Cursor(epoch: seen.epoch, sequence: 1_000)
    #expect(await failure { try await watch(key, after: unknown, in: store, for: viewer) }?.code == .invalidArgument)
    try await store.close()
  }

  @Test("A new viewer begins at the last keyframe")
  func keyframe() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    for batch in [Self.first, Self.second, Self.third] { try await append(batch, to: store) }
    try await store.finish(key)
    let viewer = Viewer()
    try await watch(key, after: nil, in: store, for: viewer)
    #expect(await viewer.has(Self.third, isAtEnd: true))
    #expect(await viewer.gaps.isEmpty)
    try await store.close()
  }

  @Test("A viewer is told when its session is erased, and when there is none")
  func ends() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let viewer = Viewer()
    #expect(await failure { try await watch(key, after: nil, in: store, for: viewer) }?.code == .notFound)
    try await append(Self.first, to: store)
    async let error = failure { try await watch(key, after: nil, in: store, for: viewer) }
    try await eventually("the viewer has what was stored") { await viewer.bytes == Self.first }
    try await store.erase(.session(key))
    #expect(await error?.code == .sessionErased)
    #expect(await !viewer.isAtEnd)
    try await store.close()
  }

  @Test("A process that does not write watches as well")
  func beside() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await append(Self.first, to: store)
    let reader = try await folder.open(.readOnly)
    let viewer = Viewer()
    async let watching: Void = watch(key, after: nil, in: reader, for: viewer)
    try await eventually("the viewer has what was stored") { await viewer.bytes == Self.first }
    try await append(Self.second, to: store)
    try await store.finish(key)
    try await watching
    #expect(await viewer.has(Self.first + Self.second, isAtEnd: true))
    try await reader.close()
    try await store.close()
  }

  @Test("A client that polls is given what there is behind its cursor")
  func polling() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await append(Self.first, to: store)
    let place = try #require(try await store.events(in: key).all().events.last?.cursor)
    try await append(Self.second, to: store)
    let viewer = Viewer()
    // [article]
    for try await chunk in store.events(in: key, after: place) {
      if let last = chunk.lastCursor { await viewer.send(chunk.ndjson, id: last.description) }
      if chunk.finished != nil { await viewer.end() }
    }
    // [end]
    #expect(await viewer.has(Self.second, isAtEnd: false))
    let last = try #require(await viewer.ids.last.flatMap { Cursor($0) })
    #expect(try await store.events(in: key, after: last).all().events.isEmpty)
    try await store.close()
  }
}
