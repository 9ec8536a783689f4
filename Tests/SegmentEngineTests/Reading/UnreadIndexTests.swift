import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// Opening leaves the locators of the packs to who needs them first.
@Suite("A store is open before its packs are read, and knows nothing wrong meanwhile")
struct UnreadIndexTests {
  private let keys = (0..<6).map { SessionKey(id: "s\($0)") }

  private func append(_ writer: StoreWriter, _ key: SessionKey, _ number: Int) throws {
    try writer.core.prepare(key)
    let batch = try PreparedBatch(
      Sample.batch(Sample.click(Sample.base + Double(number))), to: key, window: "", batchID: "\(key.id)-\(number)",
      visitor: nil, validation: .rejectBatch, durability: .synced, origin: .imported,
      received: writer.core.environment.clock.now(), limits: .init())
    for outcome in writer.commit([.batch(batch)]) { _ = try outcome.get() }
  }

  /// Three packs of all sessions, closed.
  private func stored(_ seed: UInt64) throws -> SimulatedStore {
    let store = SimulatedStore(SimulatedDisk(seed: seed), seed: seed)
    let writer = try store.openWriter()
    for number in 0..<3 {
      for key in keys { try append(writer, key, number) }
      try writer.rotate()
      try writer.flush()
    }
    try writer.close()
    return store
  }

  private func check(_ core: StoreCore, _ key: SessionKey, _ count: Int) throws {
    let read = try core.exported(key)
    let expected = (0..<count).map { Sample.click(Sample.base + Double($0)) + "\n" }.joined()
    #expect(String(decoding: read.bytes, as: UTF8.self) == expected)
    #expect(read.gaps.isEmpty)
  }

  @Test("Opening succeeds where no pack can be read; what needs them fails by name, and works once they can")
  func unreadable() throws {
    let store = try stored(1)
    store.disk.inject(Fault(.errno(5), at: .matching { _, path in path.contains("/packs/") }, times: .forGood))
    let writer = try store.openWriter()
    let reader = try store.openReader()
    for core in [writer.core, reader] {
      #expect(throws: StoreError.self) { try core.summary(of: keys[0]) }
      #expect(throws: StoreError.self) { try core.list(SessionQuery()) }
      #expect(throws: StoreError.self) { try core.exported(keys[0]) }
      #expect(throws: StoreError.self) { try core.info() }
    }
    // A session that is in packs does not begin anew, which would use its numbers again.
    #expect(writer.core.needsReading(keys[0]))
    #expect(throws: StoreError.self) { try writer.core.prepare(keys[0]) }
    store.disk.removeFaults()
    for core in [writer.core, reader] {
      #expect(try core.info().sessions == keys.count)
      for key in keys { try check(core, key, 3) }
    }
    try append(writer, keys[0], 3)
    try check(writer.core, keys[0], 4)
    try writer.close()
  }

  @Test("Several threads read the same of the packs as one, in their order, and fail as it does")
  func together() throws {
    let store = try stored(7)
    let core = try store.openReader()
    let packs = core.catalog.state.packs
    #expect(packs.count == 3)
    let alone = try core.locators(of: packs, threads: 1).map { $0.map(Array.init) }
    #expect(alone.allSatisfy { $0?.count == keys.count })
    for threads in [2, 3, 8] {
      #expect(try core.locators(of: packs, threads: threads).map { $0.map(Array.init) } == alone)
    }
    let name = packs[1].id.description
    store.disk.inject(Fault(.errno(5), at: .matching { _, path in path.contains(name) }, times: .forGood))
    #expect(throws: StoreError.self) { try core.locators(of: packs, threads: 2) }
    store.disk.removeFaults()
    #expect(try core.locators(of: packs, threads: 2).map { $0.map(Array.init) } == alone)
  }

  @Test("A batch that is sent again after the opening is known by its ID, in packs that were not read yet")
  func duplicate() throws {
    let store = try stored(2)
    let writer = try store.openWriter()
    #expect(writer.core.contents.withLock { $0.index == nil })
    try append(writer, keys[1], 1)
    try check(writer.core, keys[1], 3)
    try writer.close()
  }

  @Test("Packs that come and go before the index is read are in it, or not")
  func changes() throws {
    let store = try stored(3)
    let writer = try store.openWriter()
    let reader = try store.openReader()
    try append(writer, SessionKey(id: "new"), 0)
    try writer.rotate()
    try writer.flush()
    _ = try Maintenance(writer.core).run([.promotion, .merge], MaintenanceControl())
    #expect(reader.contents.withLock { $0.index == nil })
    try reader.refreshAll()
    for core in [writer.core, reader] {
      for key in keys { try check(core, key, 3) }
      #expect(try core.info().sessions == keys.count + 1)
    }
    try writer.close()
  }

  @Test("A pack that was removed while the index is read is looked for in the newer catalog")
  func removed() throws {
    let store = try stored(4)
    let reader = try store.openReader()
    let before = reader.catalog.state.packs.map(\.id)
    var configuration = SimulatedStore.configuration
    configuration.recentHours = 1
    let writer = try StoreWriter.open(SimulatedStore.layout, configuration, store.environment())
    store.clock.advance(milliseconds: 2 * Day.milliseconds)
    _ = try Maintenance(writer.core).run(.all.subtracting([.flush]), isForced: true, MaintenanceControl())
    #expect(Set(writer.core.catalog.state.packs.map(\.id)).isDisjoint(with: before))
    for key in keys { try check(reader, key, 3) }
    try writer.close()
  }

  @Test("Asked by many threads at once, the index is read once")
  func together() async throws {
    let store = try stored(5)
    let reader = try store.openReader()
    let opened = OperationCount(of: .open, at: "/packs/", on: store.disk)
    await withTaskGroup(of: Bool.self) { group in
      for key in keys {
        group.addTask { (try? reader.index().find(KeyHash.of(key)).count) == 3 }
      }
      for await isFound in group { #expect(isFound) }
    }
    #expect(reader.catalog.state.packs.count == 3 && opened.value == 3)
  }
}
