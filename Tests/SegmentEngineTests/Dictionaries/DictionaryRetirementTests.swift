import SegmentFiles
import Testing

@testable import SegmentEngine

@Suite("A dictionary that is given up is gone from packs and disk, and nothing else is")
struct DictionaryRetirementTests {
  private static let passage = {
    var generator = SeededGenerator(seed: 41)
    return generator.letters(2_000)
  }()

  private func key(_ index: Int) -> SessionKey { SessionKey(project: "shop", id: "s\(index)") }

  private func page(_ index: Int) -> [String] {
    [
      Sample.meta(Sample.base), Sample.snapshot(Sample.base, text: Self.passage + "\(index)"),
      Sample.click(Sample.base + 1),
    ]
  }

  /// A pack for each session, of two projects; with the second half a dictionary is in force for one of them.
  private func fill(_ store: ReplayStore, sessions: Int = 6) async throws -> Identifier {
    var id: Identifier?
    for index in 0..<sessions {
      if index == sessions / 2 { id = try store.install(Self.passage, project: "shop") }
      try await store.add(page(index), to: key(index))
      try await store.add(page(index), to: SessionKey(project: "blog", id: "b\(index)"))
      try await store.flush()
    }
    return try #require(id)
  }

  @Test(
    "In force or not, from recent packs and archived ones, beside a writer whose journal has more",
    arguments: [true, false], [true, false])
  func retired(_ isInForce: Bool, _ isArchived: Bool) async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let writer = try await folder.open(.readWrite, .compacting(), clock: clock)
    let id = try await fill(writer)
    if isArchived {
      clock.advance(hours: 1)
      try await writer.maintain([.promotion])
    }
    let next = isInForce ? nil : try writer.install(Self.passage + "2", project: "shop", version: 2)
    try await writer.add(page(7), to: key(7))
    let before = try await StoreImage(writer).exports
    let store = try await folder.open(.maintenance, .compacting(), clock: clock)
    #expect(
      await failure { try await store.retireDictionary(DictionaryID(Identifier(high: 1, low: 2))) }?.code == .notFound)
    let report = try await store.retireDictionary(DictionaryID(id))
    #expect(report.dictionariesRemoved == [DictionaryID(id)])
    #expect(report.rewrites.allSatisfy { $0.kind == .retirement } && report.rewrites.count == (isArchived ? 1 : 3))
    #expect(report.rewrites.reduce(0) { $0 + $1.sessionsRecompressed } == (isArchived ? 6 : 3))
    try await writer.flush()
    for handle in [store, writer] {
      #expect(try await StoreImage(handle).exports == before)
      #expect(try handle.packs().allSatisfy { !$0.dictionaries.contains(id) })
      #expect(try await handle.dictionaries().map(\.id.identifier) == (next.map { [$0] } ?? []))
      for index in [5, 7] {
        let used = try await handle.byteRanges(in: key(index)).blocks.map { $0.dictionary?.identifier }
        #expect(used == [next], "session \(index)")
      }
    }
    let files = next.map { id in ["a", "b"].map { "dictionaries/\(id).\($0).dict" } } ?? []
    #expect(try folder.files(in: "dictionaries") == files)
    #expect(try store.packs(.archive).count == (isArchived ? 1 : 0))
    #expect(try await store.verify(deep: true).findings == [])
    #expect(await failure { try await store.retireDictionary(DictionaryID(id)) }?.code == .notFound)
    try await store.close()
    try await writer.close()
  }

  @Test("Stopped at any block it can be done again, with flushes in between")
  func interrupted() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, .compacting())
    let id = try await fill(store)
    var expected = try await StoreImage(store).exports
    let maintenance = Maintenance(store.core)
    var stop = 0
    while stop < 50 {
      let asked = ReadCount()
      let limit = stop
      let control = MaintenanceControl(isCancelled: {
        asked.add()
        return asked.count > limit
      })
      do throws(StoreError) {
        _ = try maintenance.exclusively { () throws(StoreError) in try maintenance.compactor.retire(id, control) }
        break
      } catch { #expect(error.code == .cancelled) }
      #expect(try await StoreImage(store).exports == expected, "stopped at \(stop)")
      #expect(try await store.verify(deep: true).findings == [], "stopped at \(stop)")
      #expect(store.core.catalog.state.dictionaryInForce.isEmpty)
      try await store.add(page(stop), to: key(100 + stop))
      expected[key(100 + stop)] = String(decoding: Sample.batch(page(stop)), as: UTF8.self)
      try await store.flush()
      stop += 1
    }
    #expect((2..<50).contains(stop))
    #expect(try folder.files(in: "dictionaries").isEmpty)
    #expect(try await StoreImage(store).exports == expected)
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }
}
