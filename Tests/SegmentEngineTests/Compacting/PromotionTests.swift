import SegmentFiles
import SegmentTestSupport
import Synchronization
import Testing

@testable import SegmentEngine

@Suite("Promotion makes one segment of a session that is over, and changes nothing else")
struct PromotionTests {
  @Test("Random sessions over many packs: bytes, facts, playback, batch IDs", arguments: 0..<5)
  func random(_ seed: Int) async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let configuration = Configuration.compacting(archiveBlock: seed % 2 == 0 ? 16_384 : 1 << 20)
    var store = try await folder.open(.readWrite, configuration, clock: clock)
    var history = StoredHistory(seed: seed, sessions: 6)
    try await history.fill(store, packs: 11, dictionaries: true)
    // Some were merged before.
    if seed % 3 == 1 { try await store.maintain([.merge]) }
    let before = try await StoreImage(store)
    clock.advance(hours: 1)
    let inForce = try #require(store.core.catalog.state.dictionaryInForce["shop"])
    let report = try await store.maintain([.promotion])
    #expect(report.rewrites.map(\.kind) == [.promotion])
    #expect(report.rewrites.first?.sessionsRecompressed == history.keys.count)
    #expect(try store.packs().allSatisfy { $0.tier == .archive && Set($0.dictionaries).isSubset(of: [inForce]) })
    #expect(try folder.files(in: "packs").count == store.packs().count && folder.files(in: "temporary").isEmpty)
    for round in 0..<2 {
      before.expectSame(try await StoreImage(store), "seed \(seed), round \(round)")
      for key in history.keys {
        #expect(try await store.summary(of: key)?.segments == 1)
        try expectBlocks(store, key, configuration.archiveBlockBytes)
        let blocks = try await store.byteRanges(in: key).blocks
        #expect(
          blocks.allSatisfy { $0.codec == "none" || ($0.dictionary?.identifier == inForce) == (key.project == "shop") })
      }
      try await history.check(store, isExact: false, "promoted, round \(round)")
      try await history.checkDuplicates(store, "promoted, round \(round)")
      #expect(try await store.verify(deep: true).findings == [])
      if round == 0 {
        try await store.close()
        store = try await folder.open(.readWrite, configuration, clock: clock)
      }
    }
    // Late batches are another segment, until that is promoted, too.
    for key in history.keys { try await history.send(store, key, batches: 2) }
    try await store.flush()
    for key in history.keys { #expect(try await store.summary(of: key)?.segments == 2) }
    clock.advance(hours: 1)
    try await store.maintain([.promotion])
    #expect(try store.packs(.recent).isEmpty)
    try await history.checkDuplicates(store, "late, promoted")
    #expect(try await store.verify(deep: true).findings == [])
    #expect(try await store.maintain([.promotion, .merge]).rewrites.isEmpty)
    try await store.close()
  }

  /// Blocks are as large as they may be, or one event, or one keyframe with its Meta event; none holds a keyframe behind
  /// three quarters of that.
  private func expectBlocks(_ store: ReplayStore, _ key: SessionKey, _ target: Int) throws {
    for part in try store.core.resolve(key).parts {
      for block in part.entry.blocks {
        let isPair = block.events == 2 && block.keyframes.count == 1 && block.keyframes[0].metaDistance == 1
        #expect(block.raw <= target || block.events == 1 || isPair)
        for keyframe in block.keyframes {
          let isWithMeta = keyframe.metaDistance == 1 && keyframe.ordinal > 0
          #expect(keyframe.offset - (isWithMeta ? 200 : 0) < target / 4 * 3)
        }
      }
    }
  }

  @Test("Keyframes with and without Meta events, near and far, survive in one block")
  func keyframes() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, .compacting(archiveBlock: 1 << 20))
    let key = SessionKey(id: "s")
    func time(_ index: Int) -> Double { Sample.base + Double(index) * 100 }
    // No Meta before the first keyframe, one right before the second, one in an earlier pack before the third.
    try await store.add(
      [Sample.click(time(0)), Sample.snapshot(time(1)), Sample.meta(time(2)), Sample.snapshot(time(3))], to: key)
    try await store.add([Sample.snapshot(time(4)), Sample.meta(time(5))], to: key)
    try await store.flush()
    try await store.add([Sample.snapshot(time(6)), Sample.snapshot(time(7))], to: key)
    try await store.add([Sample.meta(time(6)), Sample.click(time(7))], to: key, window: "b")
    try await store.flush()
    try await store.add(
      [Sample.snapshot(time(8)), Sample.meta(time(9)), Sample.meta(time(10)), Sample.snapshot(time(11))], to: key,
      window: "b")
    try await store.finish(key)
    try await store.flush()
    var before: [[String]] = []
    for index in 0..<12 {
      before.append(
        try await store.playback(of: key, at: .at(Timestamp(millisecondsSince1970: time(index)))).all().lines)
    }
    try await store.maintain([.promotion])
    #expect(try store.packs().map(\.tier) == [.archive])
    for index in 0..<12 {
      let after = try await store.playback(of: key, at: .at(Timestamp(millisecondsSince1970: time(index)))).all()
      #expect(after.lines == before[index], "at \(index)")
    }
    let keyframes = try store.core.resolve(key).parts.flatMap { $0.entry.blocks.flatMap(\.keyframes) }
    #expect(keyframes.map(\.metaDistance) == [0, 1, 0, 1, 0, 2, 1])
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("Events packed whole and timestamps that cannot be right come in the same order as before")
  func strange() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(archiveBlock: 65_536), clock: clock)
    let key = SessionKey(id: "s")
    let packed = "\"x\u{9C}K\u{AB}V*\u{A9},HU\u{B2}2\u{D0}Q*\u{C9}\u{CC}M-.I\""
    func mark(_ index: Int) -> String { packed.replacing("HU", with: "H\(index)") }
    var now = clock.now().rounded(.down)
    for index in 0..<30 {
      var batch = [Sample.click(now), mark(index), Sample.mutation(now + 1)]
      switch index % 5 {
      case 1: batch = [mark(index)]
      case 2: batch.append(Sample.mutation(0, text: "\(index)"))
      case 3: batch.insert(Sample.mutation(now / 1_000, text: "\(index)"), at: 1)
      case 4: batch = [Sample.meta(now), Sample.snapshot(now + 1), mark(index), Sample.click(now + 9e14)]
      default: break
      }
      try await store.append(Sample.batch(batch), to: key)
      if index % 4 == 3 { try await store.flush() }
      clock.advance(hours: 0.001)
      now = clock.now().rounded(.down)
    }
    try await store.finish(key)
    try await store.flush()
    let before = try await StoreImage(store)
    let sorted = try await store.events(in: key, order: .time).all().lines
    let played = try await store.playback(of: key).all().lines
    try await store.maintain([.promotion])
    #expect(try store.packs().map(\.tier) == [.archive])
    before.expectSame(try await StoreImage(store), "promoted")
    #expect(try await store.events(in: key, order: .time).all().lines == sorted)
    #expect(try await store.playback(of: key).all().lines == played)
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("Sessions that are not over stay recent, and are not rewritten again and again")
  func running() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(), clock: clock)
    var generator = SeededGenerator(seed: 2)
    var expected: [SessionKey: String] = [:]
    func add(_ id: String, _ size: Int = 300) async throws {
      let key = SessionKey(id: id)
      let line = Sample.custom(Sample.base, tag: generator.letters(size))
      try await store.add([line], to: key)
      expected[key, default: ""] += line + "\n"
    }
    try await add("running")
    for index in 0..<5 {
      try await add("over\(index)")
      try await store.finish(SessionKey(id: "over\(index)"))
    }
    try await store.flush()
    let first = try await store.maintain([.promotion])
    #expect(first.rewrites.count == 1 && first.rewrites[0].sessionsRecompressed == 5 && first.rewrites[0].sessions == 6)
    #expect(try store.packs(.recent).count == 1 && store.packs(.archive).count == 1)
    let commit = store.core.catalog.state.commit
    for _ in 0..<3 { #expect(try await store.maintain([.promotion, .merge]).rewrites.isEmpty) }
    #expect(store.core.catalog.state.commit == commit)
    // Little that is over beside much that is not: nothing is done yet.
    try await add("running", 9_000)
    try await add("small")
    try await store.finish(SessionKey(id: "small"))
    try await store.flush()
    #expect(try await store.maintain([.promotion]).rewrites.isEmpty)
    // Half an hour without a batch.
    clock.advance(hours: 0.51)
    #expect(try await store.maintain([.promotion]).rewrites.map(\.sessionsRecompressed) == [2])
    #expect(try store.packs(.recent).isEmpty)
    // More in the journal: the packed part waits, for a day at most.
    try await add("running")
    try await store.flush()
    try await add("running")
    clock.advance(hours: 1)
    #expect(try await store.maintain([.promotion]).rewrites.isEmpty)
    clock.advance(hours: 24)
    #expect(try await store.maintain([.promotion]).rewrites.map(\.sessionsRecompressed) == [1])
    #expect(try store.packs(.recent).isEmpty)
    for (key, text) in expected { #expect(try await store.export(key) == text) }
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("The recent window is kept, to be counted from a pack's last receipt")
  func window() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 5), clock: clock)
    let key = SessionKey(id: "s")
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.finish(key)
    try await store.flush()
    clock.advance(hours: 4.9)
    #expect(try await store.maintain([.promotion], dryRun: true).plan.isEmpty)
    #expect(try await store.maintain([.promotion]).rewrites.isEmpty)
    clock.advance(hours: 0.2)
    let files = try folder.files(in: "packs")
    let plan = try await store.maintain([.promotion], dryRun: true)
    #expect(plan.plan.map(\.sessions) == [1] && plan.plan[0].packs == 1)
    #expect(try folder.files(in: "packs") == files)
    #expect(try await store.maintain([.promotion]).rewrites.map(\.sessions) == [1])
    try await store.close()
  }

  @Test("More packs than a round takes: rounds follow until all is promoted, each session once")
  func rounds() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(), clock: clock)
    var expected: [SessionKey: [String]] = [:]
    for pack in 0..<70 {
      for id in ["own\(pack)", "near\(pack / 5)"] {
        let line = Sample.custom(Sample.base + Double(pack), tag: "\(pack)")
        expected[SessionKey(id: id), default: []].append(line)
        try await store.add([line], to: SessionKey(id: id))
      }
      try await store.flush()
    }
    clock.advance(hours: 1)
    let report = try await store.maintain([.promotion])
    #expect(report.rewrites.count == 2 && report.rewrites.map(\.sessionsRecompressed).reduce(0, +) == 84)
    #expect(try store.packs(.recent).isEmpty)
    for (key, lines) in expected {
      #expect(try await store.events(in: key).all().lines == lines)
      #expect(try await store.summary(of: key)?.segments == 1)
    }
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("Seeking into an archived session takes two reads of its pack at most")
  func reads() async throws {
    let disk = SimulatedDisk(seed: 4)
    var environment = StoreEnvironment.system()
    environment.files = disk.process()
    let configuration = Configuration.compacting()
    let store = try await ReplayStore.open(
      Layout(root: "/store"), mode: .readWrite, configuration: configuration, environment)
    let key = SessionKey(id: "s")
    var generator = SeededGenerator(seed: 4)
    for part in 0..<60 {
      let time = Sample.base + Double(part) * 1_000
      var events = [Sample.meta(time), Sample.snapshot(time, text: generator.letters(2_500))]
      events += (1..<20).map { Sample.mutation(time + Double($0) * 40, text: generator.letters(100)) }
      try await store.add(events, to: key)
      if part % 6 == 5 { try await store.flush() }
    }
    try await store.finish(key)
    try await store.flush()
    try await store.maintain([.promotion])
    #expect(try await store.byteRanges(in: key).blocks.count > 6)
    let reads = ReadCount()
    disk.inject(
      Fault(
        .errno(5),
        at: .matching { operation, path in
          if operation == .read, path.hasPrefix("/store/packs/") { reads.add() }
          return false
        }, times: .forGood))
    for offset in stride(from: 0.0, through: 59_000, by: 3_700) {
      reads.reset()
      var iterator = store.playback(of: key, at: .offset(milliseconds: offset)).makeAsyncIterator()
      #expect(try await iterator.next()?.count ?? 0 > 0)
      #expect((1...2).contains(reads.count), "\(reads.count) reads at \(offset)")
    }
    try await store.close()
  }
}

/// Counts from whatever thread.
final class ReadCount: Sendable {
  private let value = Mutex(0)
  var count: Int { value.withLock { $0 } }
  func add() { value.withLock { $0 += 1 } }
  func reset() { value.withLock { $0 = 0 } }
}
