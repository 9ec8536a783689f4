import Testing

@testable import SegmentEngine

@Suite("Merging packs changes nothing but where things lie")
struct MergeTests {
  @Test("Random sessions over many packs: bytes, facts, playback, batch IDs", arguments: 0..<4)
  func random(_ seed: Int) async throws {
    let folder = try StoreFolder()
    // Promotion must not come in between.
    let configuration = Configuration.compacting(recentHours: 24)
    var store = try await folder.open(.readWrite, configuration)
    var history = StoredHistory(seed: seed, sessions: 6)
    try await history.fill(store, packs: 12, dictionaries: true)
    let before = try await StoreImage(store)
    let packs = try store.packs()
    #expect(packs.count == 12)
    let report = try await store.maintain([.merge])
    #expect(report.rewrites.map(\.kind) == [.merge] && report.rewrites[0].packsRead == 12)
    #expect(report.rewrites[0].sessionsRecompressed == 0 && report.rewrites[0].packsWritten == 1)
    let merged = try #require(try store.packs().first)
    #expect(try store.packs().count == 1 && merged.tier == .recent)
    #expect(Set(merged.dictionaries) == Set(packs.flatMap(\.dictionaries)) && merged.dictionaries.count == 3)
    #expect(
      merged.events == packs.reduce(0) { $0 + $1.events }
        && merged.storedBytes == packs.reduce(0) { $0 + $1.storedBytes })
    #expect(merged.lastOrdinal == packs[11].lastOrdinal)
    #expect((merged.firstReceived, merged.lastReceived) == (packs[0].firstReceived, packs[11].lastReceived))
    #expect(try folder.files(in: "packs").count == 1 && folder.files(in: "temporary").isEmpty)
    for round in 0..<2 {
      before.expectSame(try await StoreImage(store), "seed \(seed), round \(round)")
      for key in history.keys { #expect(try await store.summary(of: key)?.segments == 1) }
      try await history.check(store, "merged, round \(round)")
      try await history.checkDuplicates(store, "merged, round \(round)")
      #expect(try await store.verify(deep: true).findings == [])
      if round == 0 {
        try await store.close()
        store = try await folder.open(.readWrite, configuration)
      }
    }
    // It goes on where it was.
    for key in history.keys { try await history.send(store, key, batches: 2) }
    try await history.check(store, "merged and more")
    try await store.flush()
    try await history.check(store, "merged, more flushed")
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("A session of forty flushes becomes one segment")
  func fortyFlushes() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 24))
    let key = SessionKey(id: "long")
    var lines: [String] = []
    for flush in 0..<40 {
      lines.append(Sample.mutation(Sample.base + Double(flush) * 5_000, text: "\(flush)"))
      try await store.add([lines[flush]], to: key)
      try await store.flush()
    }
    #expect(try await store.summary(of: key)?.segments == 40)
    try await store.maintain([.merge])
    #expect(try await store.summary(of: key)?.segments == 1)
    #expect(try await store.events(in: key).all().lines == lines)
    #expect(try await store.byteRanges(in: key).blocks.count == 40)
    #expect(try await store.maintain([.merge]).rewrites.isEmpty)
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("Archived parts of a session are joined only with their neighbours")
  func archivedParts() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(), clock: clock)
    let key = SessionKey(id: "parts")
    var generator = SeededGenerator(seed: 1)
    var lines: [String] = []
    // The second and the fifth part are so large that they lie in packs of another level.
    for part in 0..<9 {
      let line = Sample.custom(Sample.base + Double(part), tag: generator.letters(part % 3 == 1 ? 150_000 : 300))
      lines.append(line)
      try await store.add([line], to: key)
      try await store.finish(key)
      try await store.add([Sample.click(Sample.base)], to: SessionKey(id: "other\(part)"))
      try await store.finish(SessionKey(id: "other\(part)"))
      try await store.flush()
      try await store.maintain([.promotion])
    }
    for part in 0..<3 {
      try await store.add([Sample.click(Sample.base)], to: SessionKey(id: "more\(part)"))
      try await store.finish(SessionKey(id: "more\(part)"))
      try await store.flush()
      try await store.maintain([.promotion])
    }
    #expect(try store.packs(.archive).count == 12)
    #expect(try await store.maintain([.merge]).rewrites.first?.packsRead == 9)
    #expect(try store.packs(.archive).count == 4)
    #expect(try await store.events(in: key).all().lines == lines)
    #expect(try await store.events(in: key, order: .time).all().lines == lines)
    #expect(try await store.summary(of: key)?.nextSequence == 9)
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("Segments with tags alone are merged and promoted, alone and among events")
  func tagsOnly() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(), clock: clock)
    let (mixed, idle) = (SessionKey(id: "mixed"), SessionKey(id: "idle"))
    for round in 0..<10 {
      if round % 3 == 0 { try await store.add([Sample.click(Sample.base + Double(round))], to: mixed) }
      if round == 0 { try await store.add([Sample.click(Sample.base)], to: idle) }
      try await store.setTags(["round": "\(round)", "r\(round)": "x", "r\(round - 1)": nil], on: mixed)
      try await store.setTags(["round": "\(round)"], on: idle)
      try await store.flush()
    }
    func check(_ what: String) async throws {
      let summary = try #require(try await store.summary(of: mixed))
      #expect(summary.tags == ["round": "9", "r9": "x"] && summary.events == 4, "\(what)")
      #expect(try await store.summary(of: idle)?.tags == ["round": "9"], "\(what)")
      #expect(try await store.verify(deep: true).findings == [], "\(what)")
    }
    try await check("flushed")
    try await store.maintain([.merge])
    #expect(try await store.summary(of: mixed)?.segments == 1)
    try await check("merged")
    clock.advance(hours: 1)
    try await store.maintain([.promotion])
    #expect(try store.packs(.recent).isEmpty)
    try await check("promoted")
    // Tags of an archived session, a pack with nothing but them, promoted too.
    try await store.setTags(["round": "10"], on: idle)
    try await store.flush()
    clock.advance(hours: 1)
    try await store.maintain([.promotion])
    #expect(try store.packs(.recent).isEmpty)
    #expect(try await store.summary(of: idle)?.tags == ["round": "10"])
    #expect(try await store.export(idle) == Sample.click(Sample.base) + "\n")
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }
}
