import Testing

@testable import SegmentEngine

@Suite("Training on small sites, forced, and by maintenance itself")
struct TrainingOccasionTests {
  private func key(_ index: Int) -> SessionKey { SessionKey(project: "shop", id: "s\(index)") }

  /// Fills a project with sessions of so many visitors and flushes.
  private func fill(_ store: ReplayStore, _ pages: inout SitePages, sessions: Range<Int>, visitors: Int, views: Int = 3)
    async throws
  {
    for index in sessions {
      try await store.add(pages.session(views: views), to: key(index), visitor: "v\(index % visitors)")
    }
    try await store.flush()
  }

  @Test("Three to six sessions of three visitors are enough, whichever is held out", arguments: 3...6, [0, 1, 3])
  func few(_ sessions: Int, _ order: Int) async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, .training())
    var pages = SitePages(seed: sessions, templates: 8, bytes: 6_000)
    // Two visitors have one session each, the third all others; the newest come last.
    for index in 0..<sessions {
      let place = (index + order) % sessions
      try await store.add(pages.session(), to: key(index), visitor: place < 2 ? "v\(place)" : "often")
    }
    try await store.flush()
    let report = try await store.trainDictionary(project: "shop")
    #expect(report.outcome == .adopted, "\(sessions) sessions, \(order): \(report.visitors) visitors")
    #expect(report.sessions + report.heldOutSessions == sessions && report.visitors == 3)
    try await store.close()
  }

  @Test("Forced, a dictionary is adopted that does not pay; the next version counts on")
  func forced() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, .training())
    var pages = SitePages(seed: 9)
    try await fill(store, &pages, sessions: 0..<8, visitors: 4)
    var options = DictionaryTraining()
    options.isForced = true
    var ids: Set<DictionaryID> = []
    for version in 1...3 {
      let report = try await store.trainDictionary(project: "shop", options: options)
      #expect(report.outcome == .adopted)
      ids.insert(try #require(report.dictionary))
      #expect(try await store.dictionaries().last?.version == UInt64(version))
      #expect(try await store.dictionaries().filter(\.isInForce).map(\.id) == [report.dictionary])
      try await store.add(pages.session(), to: key(100 + version), visitor: "v")
      try await store.flush()
    }
    #expect(ids.count == 3)
    // The size that is asked for is kept to, and a subset of sessions may be asked for.
    options.contentBytes = 5_000
    options.sessions = Set((0..<8).map { "s\($0)" })
    let small = try await store.trainDictionary(project: "shop", options: options)
    #expect(small.sessions + small.heldOutSessions == 8)
    #expect(try await store.dictionaries().last?.contentBytes ?? .max <= 5_000 + 1_024)
    for key in [key(101), key(103)] { #expect(try await !store.export(key).isEmpty) }
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("Maintenance trains the first time, after growth, after drift, and not otherwise")
  func automatic() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .training(), clock: clock)
    var pages = SitePages(seed: 12, templates: 8, bytes: 60_000)
    try await fill(store, &pages, sessions: 0..<1, visitors: 10, views: 1)
    #expect(try await store.maintain([.dictionaries]).trainings.isEmpty)
    // What is archived already counts too.
    clock.advance(hours: 1)
    try await store.maintain([.promotion])
    #expect(try store.packs(.recent).isEmpty)
    try await fill(store, &pages, sessions: 1..<6, visitors: 10, views: 1)
    let first = try await store.maintain([.dictionaries])
    #expect(first.trainings.map(\.outcome) == [.adopted] && first.dictionariesRemoved.isEmpty)
    #expect(try await store.maintain([.dictionaries]).trainings.isEmpty)
    clock.advance(hours: 2)
    #expect(try await store.maintain([.dictionaries, .promotion]).trainings.isEmpty)
    // Three times as much, most of it archived before anyone looked.
    for round in 0..<2 {
      try await fill(store, &pages, sessions: 6 + round * 8..<14 + round * 8, visitors: 10, views: 1)
      if round == 0 {
        clock.advance(hours: 2)
        try await store.maintain([.promotion])
      }
    }
    #expect(try await store.maintain([.dictionaries]).trainings.map(\.outcome) == [.noGain])
    // A release that changed all pages.
    let version = try #require(try await store.dictionaries().last?.version)
    var changed = SitePages(seed: 13, templates: 8, bytes: 60_000)
    clock.advance(hours: 2)
    for index in 30..<50 { try await store.add(changed.session(views: 2), to: key(index), visitor: "v\(index)") }
    try await store.flush()
    let drifted = try await store.maintain([.dictionaries])
    #expect(drifted.trainings.map(\.outcome) == [.adopted])
    #expect(try await store.dictionaries().last?.version == version + 1)
    clock.advance(hours: 2)
    try await store.maintain([.promotion])
    // Nothing names the first one any longer.
    let last = try await store.maintain([.dictionaries])
    #expect(last.trainings.isEmpty)
    #expect(try await store.dictionaries().contains { $0.isInForce && $0.version == version + 1 })
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }
}
