import SegmentFiles
import Testing

@testable import SegmentEngine

/// Sessions of a site: pages of a template that all share, with text of their own in between.
struct SiteSessions {
  private var generator: SeededGenerator
  let template: String
  var project = "shop"

  init(seed: Int, templateBytes: Int = 40_000) {
    // Neighbouring seeds give the same numbers a step apart.
    generator = SeededGenerator(seed: seed &* 1_000_003)
    template = generator.letters(templateBytes)
  }

  /// Text that nothing else has.
  mutating func secret() -> String { generator.letters(64) }

  mutating func events(_ number: Int, secret: String) -> [String] {
    let time = Sample.base + Double(number) * 60_000
    return [
      Sample.meta(time), Sample.snapshot(time, text: template + generator.letters(800)),
      Sample.mutation(time + 5, text: secret), Sample.mutation(time + 9, text: generator.letters(200)),
    ]
  }
}

@Suite("A project's dictionary is trained, used, restored, collected and retired")
struct TrainingTests {
  private func add(
    _ store: ReplayStore, _ site: inout SiteSessions, _ numbers: Range<Int>, visitor: (Int) -> String? = { "v\($0)" },
    secret: ((Int) -> String)? = nil
  ) async throws -> [SessionKey: String] {
    var texts: [SessionKey: String] = [:]
    for number in numbers {
      let key = SessionKey(project: site.project, id: "s-\(number)")
      let events = site.events(number, secret: secret?(number) ?? site.secret())
      try await store.append(Sample.batch(events), to: key, visitor: visitor(number), origin: .imported)
      try await store.finish(key)
      texts[key] = events.joined(separator: "\n") + "\n"
    }
    try await store.flush()
    return texts
  }

  private func check(_ store: ReplayStore, _ texts: [SessionKey: String]) async throws {
    for (key, text) in texts { #expect(try await store.export(key) == text) }
    #expect(try await store.verify(deep: true).findings == [])
  }

  private func open(_ folder: StoreFolder) async throws -> ReplayStore {
    var configuration = Configuration.small(block: 64 << 10, maintainsItself: false)
    configuration.recentHours = 0
    return try await folder.open(.readWrite, configuration)
  }

  @Test("Adopted, it makes later blocks smaller; a second training finds nothing to gain")
  func adopted() async throws {
    let folder = try StoreFolder()
    let store = try await open(folder)
    var site = SiteSessions(seed: 1)
    var texts = try await add(store, &site, 0..<12)
    let report = try await store.trainDictionary(project: "shop")
    #expect(report.outcome == .adopted && report.sessions == 10 && report.heldOutSessions == 2)
    #expect(report.visitors == 10 && report.candidates.contains { $0.gain > 0 })
    #expect(report.candidates.allSatisfy { $0.heldOutBytes < report.withoutDictionary })
    texts.merge(try await add(store, &site, 12..<14)) { $1 }
    let before = try await store.byteRanges(in: SessionKey(project: "shop", id: "s-1")).blocks
    let after = try await store.byteRanges(in: SessionKey(project: "shop", id: "s-13")).blocks
    #expect(before.allSatisfy { $0.dictionary == nil } && after.allSatisfy { $0.dictionary == report.dictionary })
    #expect(after.reduce(0) { $0 + $1.length } * 4 < before.reduce(0) { $0 + $1.length })
    try await check(store, texts)
    #expect(try await store.trainDictionary(project: "shop").outcome == .noGain)
    // Promotion compresses what came before with it too.
    try await store.maintain([.promotion])
    #expect(try await store.info().recentPacks.count == 0)
    #expect(
      try await store.byteRanges(in: SessionKey(project: "shop", id: "s-1")).blocks.allSatisfy { $0.dictionary != nil })
    try await check(store, texts)
    try await store.close()
    let reader = try await folder.open(.readOnly)
    try await check(reader, texts)
    let list = try await reader.dictionaries()
    #expect(list.count == 1 && list[0].isInForce && list[0].packs == 1 && list[0].id == report.dictionary)
    try await reader.close()
  }

  @Test("Too few visitors: nothing is adopted, and why is said; nothing in common: nothing but event shapes is chosen")
  func refused() async throws {
    let folder = try StoreFolder()
    let store = try await open(folder)
    var site = SiteSessions(seed: 2, templateBytes: 60_000)
    _ = try await add(store, &site, 0..<9) { "v\($0 % 2)" }
    #expect(try await store.trainDictionary(project: "shop").outcome == .tooLittle)
    #expect(try await store.trainDictionary(project: "nobody").outcome == .tooLittle)
    var other = SiteSessions(seed: 3, templateBytes: 0)
    other.project = "blog"
    for number in 0..<6 {
      var own = SiteSessions(seed: 100 + number, templateBytes: 30_000)
      own.project = "blog"
      _ = try await add(store, &own, number..<number + 1)
    }
    let report = try await store.trainDictionary(project: "blog")
    // What events are made of is all that these have in common.
    #expect(report.candidates.allSatisfy { $0.contentBytes < 2_048 })
    try await store.close()
  }

  /// The 32-byte pieces of `text` that stand in `content`.
  private func pieces(of text: String, in content: [UInt8]) -> Int {
    let bytes = Array(text.utf8)
    var windows = Set<[UInt8]>()
    for at in 0...(bytes.count - 32) { windows.insert(Array(bytes[at..<at + 32])) }
    return (0...max(0, content.count - 32)).count { at in
      at + 32 <= content.count && windows.contains(Array(content[at..<at + 32]))
    }
  }

  @Test("No piece of a secret that too few visitors share is in any dictionary, one that enough share is")
  func privacy() async throws {
    let folder = try StoreFolder()
    let store = try await open(folder)
    var site = SiteSessions(seed: 4, templateBytes: 3_000)
    let ofOneVisitor = site.secret()
    let ofTwo = site.secret()
    let ofUnknown = site.secret()
    let shared = site.secret()
    var own: [String] = []
    // 20 sessions of one visitor, 2 visitors with a secret, 9 sessions of unknown visitors, 12 visitors with a passage.
    _ = try await add(store, &site, 0..<20, visitor: { _ in "one" }, secret: { _ in ofOneVisitor })
    _ = try await add(store, &site, 20..<24, visitor: { "two-\($0 % 2)" }, secret: { _ in ofTwo })
    _ = try await add(store, &site, 24..<33, visitor: { _ in nil }, secret: { _ in ofUnknown })
    _ = try await add(store, &site, 33..<45, secret: { _ in shared })
    var generator = SeededGenerator(seed: 987_654_321)
    let secrets = (0..<15).map { _ in generator.letters(64) }
    own += secrets
    _ = try await add(store, &site, 45..<60, secret: { secrets[$0 - 45] })
    var options = DictionaryTraining()
    options.isForced = true
    options.heldOutShare = 0
    let report = try await store.trainDictionary(project: "shop", options: options)
    let id = try #require(report.dictionary)
    let content = try await store.dictionary(id)
    #expect(pieces(of: shared, in: content) > 0)
    for secret in own + [ofOneVisitor, ofTwo, ofUnknown] { #expect(pieces(of: secret, in: content) == 0) }
    try await store.close()
  }

  @Test("A lost or damaged copy is written again byte for byte", arguments: ["a", "b"], [true, false])
  func restored(_ copy: String, _ isLost: Bool) async throws {
    let folder = try StoreFolder()
    let store = try await open(folder)
    var site = SiteSessions(seed: 5)
    var texts = try await add(store, &site, 0..<8)
    let id = try #require(try await store.trainDictionary(project: "shop").dictionary)
    texts.merge(try await add(store, &site, 8..<9)) { $1 }
    let name = "dictionaries/\(id).\(copy).dict"
    let good = try folder.read(name)
    var bad = good
    bad[good.count / 2] ^= 1
    if isLost { try folder.remove(name) } else { try folder.write(bad, to: name) }
    #expect(try await !store.verify().isClean)
    let report = try await store.maintain([.dictionaries])
    #expect(report.copiesRestored == 1)
    #expect(try folder.read(name) == good)
    try await check(store, texts)
    try await store.close()
  }

  @Test("Retired, it is gone from packs and disk, and everything reads the same; unused ones are collected")
  func retired() async throws {
    let folder = try StoreFolder()
    let store = try await open(folder)
    var site = SiteSessions(seed: 6)
    var texts = try await add(store, &site, 0..<8)
    let id = try #require(try await store.trainDictionary(project: "shop").dictionary)
    texts.merge(try await add(store, &site, 8..<10)) { $1 }
    try await store.maintain([.promotion])
    texts.merge(try await add(store, &site, 10..<12)) { $1 }
    let report = try await store.retireDictionary(id)
    #expect(report.rewrites.count == 2 && report.dictionariesRemoved == [id])
    #expect(try folder.files(in: "dictionaries").isEmpty)
    #expect(try await store.dictionaries().isEmpty)
    try await check(store, texts)
    #expect(await failure { try await store.retireDictionary(id) }?.code == .notFound)
    // A newer one takes the place of another that nothing uses.
    var options = DictionaryTraining()
    options.isForced = true
    let second = try #require(try await store.trainDictionary(project: "shop", options: options).dictionary)
    let third = try #require(try await store.trainDictionary(project: "shop", options: options).dictionary)
    #expect(try await store.maintain([.dictionaries]).dictionariesRemoved == [second])
    #expect(try await store.dictionaries().map(\.id) == [third])
    #expect(try folder.files(in: "dictionaries").count == 2)
    try await check(store, texts)
    try await store.close()
  }

  @Test("Where both copies are gone maintenance goes on with all else")
  func bothGone() async throws {
    let folder = try StoreFolder()
    let store = try await open(folder)
    var site = SiteSessions(seed: 7)
    var texts = try await add(store, &site, 0..<8)
    let id = try #require(try await store.trainDictionary(project: "shop").dictionary)
    _ = try await add(store, &site, 8..<9)
    try await store.close()
    for copy in ["a", "b"] { try folder.remove("dictionaries/\(id).\(copy).dict") }
    let next = try await open(folder)
    _ = try await next.maintain([.promotion, .merge, .dictionaries])
    for (key, text) in texts { #expect(try await next.export(key) == text) }
    texts = [:]
    #expect(try await !next.verify().isClean)
    try await next.close()
  }
}

@Suite("When a dictionary is trained again")
struct TrainingNeedTests {
  private func sum(_ megabytes: Int, ratio: Double = 50, segments: Int = 100) -> ProjectSums.Sum {
    .init(
      segments: segments, rawBytes: UInt64(megabytes) << 20, storedBytes: UInt64(Double(megabytes << 20) / ratio))
  }

  private func record(hoursAgo: Double, megabytes: Int, ratio: Double = 50) -> TrainingRecord {
    TrainingRecord(
      project: "p", time: 1e12 - hoursAgo * 3_600_000, rawBytes: UInt64(megabytes) << 20, recentRatio: ratio)
  }

  private let need = TrainingNeed(now: 1e12, sampleBytes: 256 << 20)

  @Test("The first time with enough text of enough sessions, unless one was put in force by hand")
  func first() {
    #expect(need.reason(nil, isInForce: false, all: sum(1), since: sum(0)) == .first)
    #expect(need.reason(nil, isInForce: false, all: sum(1, segments: 2), since: sum(0)) == nil)
    #expect(need.reason(nil, isInForce: false, all: sum(0), since: sum(0)) == nil)
    #expect(need.reason(nil, isInForce: true, all: sum(9), since: sum(0)) == nil)
  }

  @Test("Again when the project is three times as large, until the sample is full, at most once an hour")
  func growth() {
    #expect(need.reason(record(hoursAgo: 2, megabytes: 10), isInForce: true, all: sum(30), since: sum(20)) == .growth)
    #expect(need.reason(record(hoursAgo: 2, megabytes: 10), isInForce: true, all: sum(29), since: sum(29)) == nil)
    #expect(need.reason(record(hoursAgo: 0.5, megabytes: 10), isInForce: true, all: sum(90), since: sum(80)) == nil)
    #expect(need.reason(record(hoursAgo: 2, megabytes: 256), isInForce: true, all: sum(999), since: sum(999)) == nil)
  }

  @Test("Again when what came since compresses clearly worse, judged by enough of it")
  func drift() {
    let trained = record(hoursAgo: 2, megabytes: 256)
    #expect(need.reason(trained, isInForce: true, all: sum(99), since: sum(8, ratio: 34)) == .drift)
    #expect(need.reason(trained, isInForce: true, all: sum(99), since: sum(8, ratio: 36)) == nil)
    #expect(need.reason(trained, isInForce: true, all: sum(99), since: sum(7, ratio: 5)) == nil)
    #expect(need.reason(trained, isInForce: false, all: sum(99), since: sum(99, ratio: 5)) == nil)
  }
}
