import SegmentFiles
import Testing

@testable import SegmentEngine

@Suite("Usage tells where every byte of a store is")
struct UsageTests {
  /// What a store consists of when its usage is asked for.
  enum Mixture: CaseIterable {
    case live, packed, packedAndLive, archived, all

    var flushes: Bool { self != .live }
    var promotes: Bool { self == .archived || self == .all }
    var addsAfterwards: Bool { self == .packedAndLive || self == .all }
  }

  private static let projects = ["blog", "shop", "shop-eu"]

  private static func keys() -> [SessionKey] {
    projects.flatMap { project in (0..<3).map { SessionKey(project: project, id: "s-\($0)") } }
  }

  private static func fill(_ store: ReplayStore, seed: Int) async throws {
    for (place, key) in keys().enumerated() {
      var session = RandomSession(seed: seed + place)
      for batch in session.batches(8) {
        try await store.append(batch.bytes, to: key, window: batch.window, origin: .imported)
      }
    }
    try await store.setTags(["plan": "pro"], on: keys()[0])
  }

  /// A store of three projects, one with a dictionary.
  private static func make(_ mixture: Mixture, _ folder: StoreFolder, seed: Int) async throws -> ReplayStore {
    var configuration = Configuration.small(maintainsItself: false)
    configuration.recentHours = 0
    configuration.journalBytesAhead = 64 << 10
    let store = try await folder.open(.readWrite, configuration)
    let core = store.core
    let facts = try DictionaryFile.install(
      Array(Sample.snapshot(0).utf8), project: "shop", version: 1, store: core.catalog.state.store, core.environment,
      core.layout)
    try core.catalog.commit { _ in [.addDictionary(facts), .useDictionary(project: facts.project, facts.id)] }
    try await fill(store, seed: seed)
    if mixture.flushes { try await store.flush() }
    if mixture.promotes {
      try await store.maintain([.promotion])
      if mixture == .all {
        try await fill(store, seed: seed + 100)
        try await store.flush()
      }
    }
    if mixture.addsAfterwards { try await fill(store, seed: seed + 200) }
    return store
  }

  private static func check<Name>(_ breakdown: UsageBreakdown<Name>, of usage: StoreUsage) {
    let groups = breakdown.groups.map(\.share)
    #expect(groups.reduce(breakdown.commonBytes) { $0 + $1.totalBytes } == usage.overall.totalBytes)
    #expect(groups.reduce(0) { $0 + $1.rawBytes } == usage.overall.rawBytes)
    #expect(groups.reduce(0) { $0 + $1.storedBytes } == usage.overall.storedBytes)
    #expect(groups.reduce(0) { $0 + $1.events } == usage.overall.events)
    #expect(groups.reduce(0) { $0 + $1.segments } == usage.overall.segments)
  }

  /// What must hold of every usage by itself.
  private static func checkSums(_ usage: StoreUsage) {
    check(usage.projects, of: usage)
    check(usage.tiers, of: usage)
    check(usage.classes, of: usage)
    check(usage.days, of: usage)
    #expect(usage.parts.reduce(0) { $0 + $1.bytes } == usage.overall.totalBytes)
    #expect(usage.kinds.reduce(0) { $0 + $1.events } == usage.overall.events)
    #expect(usage.kinds.reduce(0) { $0 + $1.rawBytes } == usage.overall.rawBytes)
    #expect(usage.kinds.reduce(0) { $0 + ($1.storedBytesEstimated ?? 0) } == usage.overall.storedBytes)
  }

  @Test("It adds up to what the files weigh, and to what summaries and info say", arguments: Mixture.allCases)
  func sums(_ mixture: Mixture) async throws {
    let folder = try StoreFolder()
    let store = try await Self.make(mixture, folder, seed: 40)
    let usage = try await store.usage()
    Self.checkSums(usage)
    let files = try folder.files().reduce(0) { $0 + UInt64(try folder.read($1).count) }
    #expect(usage.fileBytes == files)
    #expect(usage.overall.totalBytes == files)
    #expect(usage.allocatedBytes > 0)
    #expect(usage.unreadablePacks.isEmpty)
    let parts = Set(usage.parts.map(\.part))
    #expect(parts.isDisjoint(with: [.erased, .unreadable, .unnamed, .damagedJournals]))

    let info = try await store.info()
    #expect(usage.overall.sessions == UInt64(info.sessions))
    #expect(usage.overall.segments == info.segments)
    #expect(usage.overall.events == info.events)
    #expect(usage.overall.rawBytes == info.rawBytes)
    #expect(usage.overall.storedBytes == info.storedBytes)
    #expect(usage.overall.dictionaryBytes == info.dictionaries.bytes)
    var tiers: [StoreUsage.Tier] = []
    if info.liveSessions > 0 { tiers.append(.live) }
    if info.recentPacks.count > 0 { tiers.append(.recent) }
    if info.archivePacks.count > 0 { tiers.append(.archive) }
    #expect(usage.tiers.groups.filter { $0.share.events > 0 }.map(\.name) == tiers)
    #expect(usage.tiers.groups.filter { $0.share.events > 0 }.allSatisfy { $0.share.sessions == 9 })

    var kinds: [EventKind: (events: UInt64, raw: UInt64)] = [:]
    var projects: [String: (events: UInt64, stored: UInt64)] = [:]
    for key in Self.keys() {
      let summary = try #require(try await store.summary(of: key))
      projects[key.project, default: (0, 0)].events += summary.events
      projects[key.project, default: (0, 0)].stored += summary.storedBytes
      for kind in summary.kinds {
        kinds[kind.kind, default: (0, 0)].events += kind.events
        kinds[kind.kind, default: (0, 0)].raw += kind.rawBytes
      }
    }
    #expect(usage.kinds.map(\.kind) == kinds.keys.sorted())
    for kind in usage.kinds {
      #expect(kind.events == kinds[kind.kind]?.events && kind.rawBytes == kinds[kind.kind]?.raw)
    }
    #expect(usage.projects.groups.map(\.name) == Self.projects)
    for group in usage.projects.groups {
      #expect(group.share.sessions == 3)
      #expect(group.share.events == projects[group.name]?.events)
      #expect(group.share.storedBytes == projects[group.name]?.stored)
      #expect((group.share.dictionaryBytes > 0) == (group.name == "shop"))
    }
    try await store.close()
  }

  @Test("Each project by itself is what it is in the whole", arguments: [Mixture.packedAndLive, .all])
  func projects(_ mixture: Mixture) async throws {
    let folder = try StoreFolder()
    let store = try await Self.make(mixture, folder, seed: 60)
    let whole = try await store.usage()
    for group in whole.projects.groups {
      let alone = try await store.usage(project: group.name)
      Self.checkSums(alone)
      #expect(alone.project == group.name)
      #expect(alone.overall == group.share)
      #expect(alone.projects.groups == [group] && alone.projects.commonBytes == 0)
    }
    let none = try await store.usage(project: "nobody")
    #expect(none.overall.totalBytes == 0 && none.kinds.isEmpty && none.parts.isEmpty)
    #expect(await failure { _ = try await store.usage(project: "") }?.code == .invalidArgument)
    try await store.close()
  }

  @Test("Another process that reads finds the same, each time, also beside the writer")
  func repeatable() async throws {
    let folder = try StoreFolder()
    let store = try await Self.make(.all, folder, seed: 80)
    let reader = try await folder.open(.readOnly)
    let first = try await store.usage(sampleBytes: 20_000)
    #expect(first.sample.blocks > 0)
    for _ in 0..<2 { #expect(try await reader.usage(sampleBytes: 20_000) == first) }
    try await store.close()
    try await reader.close()
  }

  @Test("The sample keeps to its budget, and each project is in it; without one there is no estimate")
  func sampling() async throws {
    let folder = try StoreFolder()
    let store = try await Self.make(.packed, folder, seed: 120)
    let whole = try await store.usage()
    #expect(whole.sample.rawBytes == whole.overall.rawBytes)
    let budget = whole.overall.rawBytes / 8
    let part = try await store.usage(sampleBytes: Int(budget))
    // Blocks are taken whole; these have at most some 4 KiB.
    #expect(part.sample.rawBytes < budget + budget / 2 + 8_192)
    #expect(part.sample.blocks >= 3)
    #expect(part.kinds.map(\.rawBytes) == whole.kinds.map(\.rawBytes))
    Self.checkSums(part)
    let none = try await store.usage(sampleBytes: 0)
    #expect(none.sample == .init() && none.kinds.allSatisfy { $0.storedBytesEstimated == nil })
    try await store.close()
  }

  @Test("A kind that compresses badly is charged for it")
  func estimate() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(project: "p", id: "s")
    var generator = SeededGenerator(seed: 3)
    var events = [Sample.meta(Sample.base), Sample.snapshot(Sample.base, text: String(repeating: "x", count: 20_000))]
    for step in 0..<100 { events.append(Sample.mutation(Sample.base + Double(step), text: generator.letters(200))) }
    try await store.add(events, to: key)
    for isPacked in [false, true] {
      if isPacked { try await store.flush() }
      let kinds = try await store.usage().kinds
      let snapshot = try #require(kinds.first { $0.kind == .fullSnapshot })
      let mutation = try #require(kinds.first { $0.kind.name == "mutation" })
      #expect(snapshot.rawBytes * 2 > mutation.rawBytes)
      #expect(try #require(snapshot.storedBytesEstimated) * 20 < (try #require(mutation.storedBytesEstimated)))
    }
    try await store.close()
  }

  @Test("Days are those of the receipt, in UTC, and names are told apart by their bytes")
  func names() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let composed = "caf\u{E9}"
    let decomposed = "cafe\u{301}"
    for project in [composed, decomposed] {
      let events = [Sample.meta(Sample.base), Sample.snapshot(Sample.base)]
      try await store.add(events, to: SessionKey(project: project, id: "s"))
    }
    try await store.flush()
    let usage = try await store.usage()
    #expect(usage.projects.groups.map { Array($0.name.utf8) } == [decomposed, composed].map { Array($0.utf8) })
    let received = try #require(try await store.summary(of: SessionKey(project: composed, id: "s"))).lastReceived
    let day = (received.millisecondsSince1970 / 86_400_000).rounded(.down) * 86_400_000
    #expect(usage.days.groups.last?.name.millisecondsSince1970 == day)
    #expect(usage.days.groups.allSatisfy { $0.share.sessions == nil })
    try await store.close()
  }

  @Test("What is damaged is counted as unreadable and named, and the sum still holds")
  func damage() async throws {
    let folder = try StoreFolder()
    let store = try await Self.make(.all, folder, seed: 160)
    let before = try await store.usage()
    try await store.close()
    let pack = try #require(try folder.files(in: "packs").first)
    var bytes = try folder.read(pack)
    // In the directory: entries end where the locators begin.
    var identifier = ByteReader(bytes, in: bytes.count - PackFooter.size + 8..<bytes.count)
    let footer = try PackFooter.decode(bytes, fileBytes: UInt64(bytes.count), pack: try identifier.identifier())
    let middle = Int((footer.directoryOffset + footer.locatorsOffset) / 2)
    bytes[middle] ^= 0x10
    try folder.write(bytes, to: pack)
    let other = "packs/stray.pack"
    try folder.write([1, 2, 3], to: other)
    let reader = try await folder.open(.readOnly)
    let after = try await reader.usage()
    Self.checkSums(after)
    #expect(after.unreadablePacks == [pack])
    #expect(after.parts.contains { $0.part == .unreadable && $0.bytes > 0 })
    #expect(after.parts.first { $0.part == .unnamed }?.bytes == 3)
    #expect(after.overall.totalBytes == after.fileBytes)
    #expect(after.overall.events < before.overall.events)
    try await reader.close()
  }
}
