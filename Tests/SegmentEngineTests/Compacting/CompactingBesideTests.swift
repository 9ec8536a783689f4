import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// Locks belong to open files: a second handle in this process is to the first what another process is.
@Suite("Packs are rewritten under the eyes of readers and writers")
struct CompactingBesideTests {
  private let key = SessionKey(id: "s")

  private func events(_ count: Int, seed: Int) -> [String] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { Sample.mutation(Sample.base + Double($0), text: generator.letters(700)) }
  }

  @Test(
    "A stream that is half read goes on across merge and promotion", arguments: [Mode.readWrite, .readOnly],
    [EventOrder.arrival, .time])
  func midStream(_ mode: Mode, _ order: EventOrder) async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let writer = try await folder.open(.readWrite, .compacting(), clock: clock)
    let expected = events(80, seed: 6)
    for (index, event) in expected.enumerated() {
      try await writer.add([event], to: key)
      if index % 4 == 3 { try await writer.flush() }
    }
    var configuration = Configuration.compacting()
    // Nearly every unit is opened anew, so that a pack that went is missed.
    configuration.openPacks = 1
    let reader = mode == .readWrite ? writer : try await folder.open(mode, configuration, clock: clock)
    var iterator = reader.events(in: key, order: order).makeAsyncIterator()
    var lines: [String] = []
    var chunks = 0
    while let chunk = try await iterator.next() {
      #expect(chunk.gapBefore == nil)
      lines += chunk.events.map { String(decoding: chunk.ndjson[$0.bytes], as: UTF8.self) }
      chunks += 1
      switch chunks {
      case 2: #expect(try await writer.maintain([.merge]).rewrites.map(\.packsRead) == [20])
      case 4:
        clock.advance(hours: 1)
        #expect(try await writer.maintain([.promotion]).rewrites.count == 1)
      case 6:
        try await writer.add([Sample.click(Sample.base)], to: key)
        try await writer.flush()
      default: break
      }
    }
    #expect(chunks > 6)
    #expect(Array(lines.prefix(80)) == expected)
    if mode != .readWrite { try await reader.close() }
    try await writer.close()
  }

  /// One task appends and flushes, one merges and promotes, others read: nothing twice, nothing missing, nothing going back.
  @Test("Appending, maintaining and reading at once", arguments: [Mode.readWrite, .maintenance])
  func atOnce(_ mode: Mode) async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let writer = try await folder.open(.readWrite, .compacting(), clock: clock)
    let maintainer = mode == .readWrite ? writer : try await folder.open(mode, .compacting(), clock: clock)
    var configuration = Configuration.compacting()
    configuration.openPacks = 1
    let reader = try await folder.open(.readOnly, configuration, clock: clock)
    let (key, lines) = (key, events(120, seed: 8))
    let ended = ReadCount()
    try await writer.add([lines[0]], to: key, batchID: "0")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { ended.add() }
        for index in 1..<lines.count {
          try await writer.add([lines[index]], to: key, batchID: "\(index)")
          if index % 2 == 0 { try await writer.flush() }
        }
      }
      group.addTask {
        while ended.count == 0 {
          try await maintainer.maintain([.promotion, .merge])
          clock.advance(hours: 0.3)
          try await Task.sleep(for: .milliseconds(2))
        }
      }
      for handle in [writer, reader] {
        group.addTask {
          var count = 0
          while count < lines.count {
            let read = try await handle.events(in: key, order: count % 2 == 0 ? .arrival : .time).all()
            #expect(read.gaps.isEmpty, "\(read.gaps)")
            #expect(read.sequences == read.sequences.indices.map(UInt64.init))
            #expect(read.lines == Array(lines.prefix(read.lines.count)))
            #expect(read.lines.count >= count, "it went back")
            count = max(read.lines.count, count)
            let summary = try #require(try await handle.summary(of: key))
            #expect(summary.events >= UInt64(count))
            if read.lines.isEmpty || !read.gaps.isEmpty { break }
          }
        }
      }
      try await group.waitForAll()
    }
    for index in stride(from: 0, to: lines.count, by: 7) {
      #expect(try await writer.add([lines[index]], to: key, batchID: "\(index)").isDuplicate)
    }
    try await writer.flush()
    clock.advance(hours: 30)
    try await maintainer.maintain([.promotion])
    for handle in [writer, reader] { #expect(try await handle.events(in: key).all().lines == lines) }
    #expect(try writer.packs(.recent).isEmpty)
    #expect(try await writer.verify(deep: true).findings == [])
    if mode != .readWrite { try await maintainer.close() }
    try await reader.close()
    try await writer.close()
  }

  @Test("One maintainer at a time: the second is told so, and the first's work is seen by all")
  func locked() async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open(.readWrite, .compacting())
    for _ in 0..<9 {
      try await writer.add([Sample.click(Sample.base)], to: key)
      try await writer.flush()
    }
    let (first, second) = (
      try await folder.open(.maintenance, .compacting()), try await folder.open(.maintenance, .compacting())
    )
    let core = first.core
    let lock = try HeldLock.take(core.layout.maintenanceLock, for: "maintenance", core.environment, core.layout)
    for handle in [writer, second] {
      #expect(await failure { _ = try await handle.maintain([.merge]) }?.code == .locked)
      #expect(await failure { _ = try await handle.trainDictionary(project: "default") }?.code == .locked)
    }
    #expect(try await second.maintain([.merge], dryRun: true).plan.map(\.packs) == [9])
    lock.release()
    #expect(try await second.maintain([.merge]).rewrites.map(\.packsRead) == [9])
    #expect(try await first.maintain([.merge]).rewrites.isEmpty)
    for handle in [writer, first, second] { #expect(try await handle.summary(of: key)?.segments == 1) }
    let reader = try await folder.open(.readOnly)
    #expect(await failure { _ = try await reader.maintain() }?.code == .wrongMode)
    for handle in [reader, first, second, writer] { try await handle.close() }
    #expect(await failure { _ = try await writer.maintain() }?.code == .closed)
  }

  @Test("Maintenance that is stopped at any block leaves the store as it was", arguments: [true, false])
  func cancelled(_ promotes: Bool) async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: promotes ? 0 : 24), clock: clock)
    var history = StoredHistory(seed: 31, sessions: 5)
    try await history.fill(store, packs: 9)
    if promotes { clock.advance(hours: 1) }
    let image = try await StoreImage(store)
    let files = try folder.files()
    let maintenance = Maintenance(store.core)
    let jobs: Set<MaintenanceJob> = promotes ? [.promotion] : [.merge]
    var stop = 0
    while true {
      let left = ReadCount()
      let limit = stop
      let control = MaintenanceControl(isCancelled: {
        left.add()
        return left.count > limit
      })
      do throws(StoreError) {
        #expect(try maintenance.run(jobs, control).rewrites.count == 1)
        break
      } catch {
        #expect(error.code == .cancelled)
        #expect(try folder.files().filter { $0 != "maintenance.lock" } == files.filter { $0 != "maintenance.lock" })
      }
      stop = stop * 3 / 2 + 1
    }
    #expect(stop > 10)
    image.expectSame(try await StoreImage(store), "after \(stop) blocks")
    #expect(try await store.verify(deep: true).findings == [])
    // Through the door: a task that is cancelled already.
    let task = Task { try await store.maintain(jobs) }
    task.cancel()
    _ = try? await task.value
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("A full disk or a failed sync during a rewrite loses nothing", arguments: [true, false])
  func faults(_ isFull: Bool) async throws {
    let disk = SimulatedDisk(seed: 9)
    var environment = StoreEnvironment.system()
    environment.files = disk.process()
    let layout = Layout(root: "/store")
    let store = try await ReplayStore.open(layout, mode: .readWrite, configuration: .compacting(), environment)
    for round in 0..<9 {
      try await store.add(events(3, seed: round), to: key)
      try await store.flush()
    }
    let image = try await StoreImage(store)
    disk.inject(
      Fault(
        isFull ? .errno(28) : .failedSyncLosesDirtyData,
        at: .matching { operation, path in
          (operation == .write || operation == .sync) && path.hasPrefix("/store/temporary/")
        }))
    let error = await failure { _ = try await store.maintain([.merge]) }
    #expect(error?.code == (isFull ? .diskFull : .ioFailed))
    disk.removeFaults()
    image.expectSame(try await StoreImage(store), "after the fault")
    #expect(try environment.files.list(layout.temporary).isEmpty)
    #expect(try environment.files.list(layout.packs).count == 9)
    #expect(try await store.maintain([.merge]).rewrites.count == 1)
    image.expectSame(try await StoreImage(store), "merged")
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }
}
