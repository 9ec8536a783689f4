import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// A life of a store, step by step, that tells an oracle what must be there. Ends quietly at the first error, as a
/// process does when its machine loses power.
struct ScriptedLife {
  let store: SimulatedStore
  private(set) var oracle = StoreOracle()
  /// A batch that was under way when the life ended, to be sent again.
  private(set) var underWay: [(key: SessionKey, bytes: [UInt8], batchID: String)] = []
  private var batches = 0
  private var compactions: UInt32 = 0

  static let first = SessionKey(project: "shop", id: "a")
  static let second = SessionKey(project: "blog", id: "b/../c")

  init(_ store: SimulatedStore) { self.store = store }

  /// Ingest, duplicates, tags, finish, rotation, flush, another process's edits, buffered batches, reopening, a dictionary,
  /// merging, promotion by either process, the dictionary's end.
  mutating func run() {
    do {
      var writer = try store.openWriter()
      try append(writer, [(Self.first, 3)])
      try append(writer, [(Self.first, 2), (Self.second, 40)])
      try tag(writer, Self.first, ["plan": "pro"])
      try resend(writer)
      try writer.rotate()
      try append(writer, [(Self.second, 5)])
      try flush(writer)
      try append(writer, [(Self.first, 60)])
      try editFromOutside(writer, Self.first, ["ticket": "17"])
      try bufferAndSync(writer)
      try finish(writer, Self.second)
      try flush(writer)
      try writer.close()
      writer = try store.openWriter(2)
      try resend(writer)
      try append(writer, [(Self.first, 4), (Self.second, 1)])
      try flush(writer)
      try adoptDictionary(writer, Self.first.project)
      try append(writer, [(Self.first, 2), (Self.second, 2)])
      try flush(writer)
      try merge(writer)
      try append(writer, [(Self.first, 2)])
      try flush(writer)
      try compactBeside(writer)
      try append(writer, [(Self.first, 3)])
      try flush(writer)
      try promote(writer)
      try retireDictionaries(writer)
      try append(writer, [(Self.first, 2), (Self.erased, 3), (Self.dropped, 2)])
      try finish(writer, Self.dropped)
      try flush(writer)
      try append(writer, [(Self.erased, 2)])
      try setPolicy(writer)
      try pin(writer, Self.first)
      try erase(writer)
      try promote(writer)
      try expire(writer)
      try append(writer, [(Self.first, 2)])
      try writer.close()
    } catch {
      // The power is gone.
    }
  }

  /// A session that is erased, and one that a policy leaves out.
  static let erased = SessionKey(project: "shop", id: "to-be-erased-7731")
  static let dropped = SessionKey(project: "dropped", id: "d")
  /// What the erased session's events hold and nothing else does.
  static let trace = "trace-of-the-erased-7731"

  /// Whether a policy or an erasure may have taken a session away: nobody sends anything of it any longer.
  func mayBeGone(_ key: SessionKey) -> Bool { oracle.sessions[key]?.mayBeGone ?? false }

  /// Leaves out what is of one project, keeps the rest for a long time.
  mutating func setPolicy(_ writer: StoreWriter) throws {
    oracle.sessions[Self.dropped, default: .init()].mayBeGone = true
    let policy = Policy(
      rules: [.init(name: "dropped", when: .init(projects: [Self.dropped.project]), keep: 0)],
      otherwise: .init(name: "default", keep: 1, retention: .days(3_000)), freeBytes: 0)
    _ = try PolicyInstallation(core: writer.core).install(policy)
  }

  /// A pin is a commit to the catalog and nothing else.
  func pin(_ writer: StoreWriter, _ key: SessionKey) throws {
    if mayBeGone(key) { return }
    writer.core.settle(try writer.core.catalog.commit { _ in [.pin(Pin(session: key, until: 0))] })
  }

  /// Erases a session in the writing process.
  mutating func erase(_ writer: StoreWriter) throws {
    oracle.sessions[Self.erased, default: .init()].mayBeGone = true
    var eraser = Eraser(writer.core, writer: writer, MaintenanceControl())
    do throws(StoreError) { _ = try eraser.run(.session(Self.erased)) } catch {
      if error.code == .notFound { return }
      throw error
    }
    oracle.sessions[Self.erased]?.isErased = true
  }

  /// Packs whose day has come go; the sessions of a test's life never have one that is near.
  func expire(_ writer: StoreWriter) throws {
    _ = try Maintenance(writer.core).run([.expiry, .erasure, .budget], isForced: true, MaintenanceControl())
  }

  /// Events of one batch, told apart from all others.
  static func events(_ count: Int, number: Int) -> [UInt8] {
    var text = ""
    for event in 0..<count {
      let time = 1_700_000_000_000 + number * 5_000 + event * 10
      switch event % 5 {
      case 0 where number % 3 == 0:
        text += "{\"type\":4,\"data\":{\"href\":\"https://example.test/\(number)\"},\"timestamp\":\(time)}\n"
        text += "{\"type\":2,\"data\":{\"node\":{\"id\":\(number),\"pad\":\"\(String(repeating: "x", count: 300))\"}},"
        text += "\"timestamp\":\(time + 1)}\n"
      default:
        text +=
          "{\"type\":3,\"data\":{\"source\":\(event % 6),\"id\":\(number * 1000 + event)},\"timestamp\":\(time)}\n"
      }
    }
    return Array(text.utf8)
  }

  /// Events that can be told wherever they are.
  static func tracedEvents(_ count: Int, number: Int) -> [UInt8] {
    let lines = (0..<count).map { event in
      let time = 1_700_000_000_000 + number * 5_000 + event * 10
      return "{\"type\":5,\"data\":{\"tag\":\"\(trace)\",\"payload\":\(number * 100 + event)},\"timestamp\":\(time)}\n"
    }
    return Array(lines.joined().utf8)
  }

  func prepared(_ key: SessionKey, _ bytes: [UInt8], _ batchID: String, _ durability: Durability = .synced) throws
    -> PendingCommit
  {
    .batch(
      try PreparedBatch(
        bytes, to: key, window: "w", batchID: batchID, visitor: nil, validation: .rejectBatch, durability: durability,
        origin: .live, received: store.clock.now(), limits: .init()))
  }

  mutating func append(
    _ writer: StoreWriter, _ wanted: [(SessionKey, Int)], durability: Durability = .synced
  ) throws {
    store.clock.advance(milliseconds: 100)
    var group: [PendingCommit] = []
    underWay = []
    for (key, count) in wanted {
      batches += 1
      let isErased = key == Self.erased
      // Once it is gone nothing more is taken of it: a client stops.
      if oracle.sessions[key]?.mayBeGone ?? false { continue }
      let bytes = isErased ? Self.tracedEvents(count, number: batches) : Self.events(count, number: batches)
      let batchID = "batch-\(batches)"
      try writer.core.prepare(key)
      group.append(try prepared(key, bytes, batchID, durability))
      underWay.append((key, bytes, batchID))
      oracle.sessions[key, default: .init()].possible.append(bytes)
    }
    if group.isEmpty { return }
    for outcome in writer.commit(group) { _ = try outcome.get() }
    if durability == .synced {
      for (key, _) in wanted { oracle.settle(key) }
      sent = underWay
      underWay = []
    }
  }

  private var sent: [(key: SessionKey, bytes: [UInt8], batchID: String)] = []

  /// Sends the last acknowledged batches again: nothing may be stored twice.
  mutating func resend(_ writer: StoreWriter) throws {
    for batch in sent where !mayBeGone(batch.key) {
      try writer.core.prepare(batch.key)
      let outcome = writer.commit([try prepared(batch.key, batch.bytes, batch.batchID)])
      guard let receipt = try outcome.first?.get(), receipt.isDuplicate else {
        throw StoreError(.conflict, "a batch that was accepted before was stored again")
      }
    }
  }

  mutating func tag(_ writer: StoreWriter, _ key: SessionKey, _ tags: [String: String]) throws {
    oracle.sessions[key, default: .init()].possibleTags = tags
    try writer.core.prepare(key)
    _ = try writer.commit([.tags(key, tags.map { TagChange(key: $0.key, value: $0.value) })]).first?.get()
    oracle.settle(key)
  }

  mutating func finish(_ writer: StoreWriter, _ key: SessionKey) throws {
    oracle.sessions[key, default: .init()].mayBeFinished = true
    try writer.core.prepare(key)
    _ = try writer.commit([.finish(key)]).first?.get()
    oracle.settle(key)
  }

  /// Another process tags a session through the catalog; the writer takes it over with its next group.
  mutating func editFromOutside(_ writer: StoreWriter, _ key: SessionKey, _ tags: [String: String]) throws {
    oracle.sessions[key, default: .init()].possibleTags = tags
    let reader = try store.openReader(70)
    let changes = tags.map { TagChange(key: $0.key, value: $0.value) }
    try reader.catalog.commit { _ in
      [.session(SessionEdit(commit: 0, session: key, time: 1, change: .setTags(changes)))]
    }
    oracle.settle(key)
    try append(writer, [(key, 1)])
  }

  mutating func bufferAndSync(_ writer: StoreWriter) throws {
    try append(writer, [(Self.first, 2)], durability: .buffered)
    try append(writer, [(Self.first, 3)], durability: .buffered)
    try writer.syncBuffered(force: true)
    oracle.settleAll()
    underWay = []
  }

  mutating func flush(_ writer: StoreWriter) throws {
    try writer.rotate()
    try writer.flush()
  }

  /// A dictionary for a project, made of one of its pages.
  func adoptDictionary(_ writer: StoreWriter, _ project: String) throws {
    _ = try DictionaryCare(core: writer.core).adopt(
      Self.events(5, number: 3), TrainingRecord(project: project, time: store.clock.now(), rawBytes: 1, recentRatio: 0))
  }

  /// All recent packs put together, their blocks copied.
  func merge(_ writer: StoreWriter) throws {
    let maintenance = Maintenance(writer.core)
    try maintenance.exclusively { () throws(StoreError) in
      let packs = writer.core.contents.withLock { $0.catalog.packs.filter { $0.tier == .recent } }
      if packs.isEmpty { return }
      _ = try maintenance.compactor.rewrite(packs, .merge, MaintenanceControl()) { (_, _) throws(StoreError) in
        .copied(to: Placement(tier: .recent))
      }
    }
  }

  /// Everything that is over goes to the archive.
  func promote(_ writer: StoreWriter) throws {
    store.clock.advance(milliseconds: PromotionRule.idle)
    _ = try Maintenance(writer.core).run([.promotion, .merge], MaintenanceControl())
  }

  /// The same by another process, while this one goes on to write.
  mutating func compactBeside(_ writer: StoreWriter) throws {
    store.clock.advance(milliseconds: PromotionRule.idle)
    compactions += 1
    let other = try store.openReader(1_000 + compactions)
    _ = try Maintenance(other).run([.promotion, .merge, .dictionaries], MaintenanceControl())
    try append(writer, [(Self.second, 2)])
  }

  /// What uses dictionaries is compressed anew without, and they are destroyed.
  func retireDictionaries(_ writer: StoreWriter) throws {
    let maintenance = Maintenance(writer.core)
    try maintenance.exclusively { () throws(StoreError) in
      for facts in writer.core.catalog.state.dictionaries {
        _ = try maintenance.compactor.retire(facts.id, MaintenanceControl())
      }
    }
  }
}
