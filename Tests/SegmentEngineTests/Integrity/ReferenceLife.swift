import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// The life that a reference store has had.
struct ReferenceLife {
  private let store: SimulatedStore
  private var writer: StoreWriter
  private var generator = SeededGenerator(seed: 4)
  private let passage: String
  private var round = 0
  private(set) var sessions: [SessionKey: ReferenceStore.Session] = [:]

  init() throws {
    store = SimulatedStore(
      SimulatedDisk(seed: ReferenceStore.seed), seed: ReferenceStore.seed, clock: ManualClock(now: ReferenceStore.base))
    // Written once: dictionary and events share it.
    passage = generator.letters(4_096)
    writer = try StoreWriter.open(SimulatedStore.layout, ReferenceStore.configuration, store.environment())
  }

  /// One commit group: a batch of each session, five events each.
  private mutating func add(_ keys: [SessionKey], window: String = "w1") throws {
    store.clock.advance(milliseconds: 1_000)
    round += 1
    var group: [PendingCommit] = []
    for (place, key) in keys.enumerated() {
      let time = ReferenceStore.base + Double(round) * 1_000
      let cut = (round * 97 + place * 31) % 3_800
      let piece = passage.dropFirst(cut).prefix(240)
      var lines = [
        Sample.meta(time, href: "https://\(key.project).example/\(round)"), Sample.snapshot(time + 1, text: "\(piece)"),
        Sample.click(time + 10.5), Sample.mutation(time + 20, text: generator.letters(120)),
        Sample.custom(time + 15, tag: "r\(round)"),
      ]
      if round % 3 == 0 { lines.append(Sample.error(1_000)) }
      try writer.core.prepare(key)
      group.append(
        .batch(
          try PreparedBatch(
            Sample.batch(lines), to: key, window: window, batchID: "b\(round)-\(place)", visitor: "visitor-\(key.id)",
            validation: .rejectBatch, durability: .synced, origin: .live, received: store.clock.now(), limits: .init()
          )))
      sessions[key, default: .init()].lines += lines
      sessions[key]?.visitor = "visitor-\(key.id)"
      if sessions[key]?.windows.contains(window) == false { sessions[key]?.windows.append(window) }
    }
    for outcome in writer.commit(group) { _ = try outcome.get() }
  }

  private mutating func tag(_ key: SessionKey, _ name: String, _ value: String) throws {
    try writer.core.prepare(key)
    _ = try writer.commit([.tags(key, [TagChange(key: name, value: value)])]).first?.get()
    sessions[key]?.tags[name] = value
  }

  private mutating func finish(_ key: SessionKey) throws {
    try writer.core.prepare(key)
    _ = try writer.commit([.finish(key)]).first?.get()
    sessions[key]?.isFinished = true
  }

  /// The magic number of a journal record.
  private static let record: [UInt8] = [0x53, 0x47, 0x52, 0x43]

  private func flush() throws {
    try writer.rotate()
    try writer.flush()
  }

  private func commit(_ edits: [CatalogEdit]) throws {
    writer.core.settle(try writer.core.catalog.commit { _ in edits })
  }

  private mutating func erase(_ key: SessionKey) throws {
    var eraser = Eraser(writer.core, writer: writer, MaintenanceControl())
    _ = try eraser.run(.session(key))
    sessions[key] = nil
  }

  /// All files as they are now, by names relative to the store.
  private func files() throws -> [String: [UInt8]] {
    Dictionary(
      uniqueKeysWithValues: try store.files().map { (SimulatedStore.layout.relative($0.key), $0.value) })
  }

  /// A dictionary that blocks use; sessions in the archive, one of them pinned, one erased and one left out.
  private mutating func archived() throws {
    let facts = try DictionaryFile.install(
      Array(passage.utf8), project: "shop", version: 1, store: writer.core.catalog.state.store, store.environment(7),
      SimulatedStore.layout)
    try commit([
      .addDictionary(facts), .useDictionary(project: "shop", facts.id),
      .trained(TrainingRecord(project: "shop", time: store.clock.now(), rawBytes: 4_096, recentRatio: 3.5)),
    ])
    let policy = Policy(
      rules: [.init(name: "dropped", when: .init(projects: ["dropped"]), keep: 0)],
      otherwise: .init(name: "default", keep: 1, retention: .days(36_500)), freeBytes: 0, salt: "salt")
    _ = try PolicyInstallation(core: writer.core).install(policy)
    try add([
      ReferenceStore.alice, ReferenceStore.bob, ReferenceStore.carol, ReferenceStore.pinned, ReferenceStore.erased,
      ReferenceStore.dropped,
    ])
    try add([ReferenceStore.alice, ReferenceStore.bob], window: "w2")
    try tag(ReferenceStore.alice, "plan", "pro")
    try finish(ReferenceStore.bob)
    try flush()
    try commit([.pin(Pin(session: ReferenceStore.pinned, until: 0))])
    sessions[ReferenceStore.pinned]?.isPinned = true
    store.clock.advance(milliseconds: PromotionRule.idle)
    _ = try Maintenance(writer.core).run([.promotion], MaintenanceControl())
    sessions[ReferenceStore.dropped] = nil
  }

  /// A new generation, so that the catalog is short.
  private func renew() throws { try store.disk.setContents(SimulatedStore.layout.catalogLock, []) }

  /// Every kind of file.
  mutating func every() throws -> [String: [UInt8]] {
    try archived()
    try add([ReferenceStore.alice, ReferenceStore.carol, ReferenceStore.erased])
    try flush()
    try add([ReferenceStore.alice])
    try add([ReferenceStore.alice, ReferenceStore.carol])
    try flush()
    try erase(ReferenceStore.erased)
    // A journal that is sealed, and one that is not, of two groups.
    try add([ReferenceStore.alice, ReferenceStore.bob])
    try writer.rotate()
    try add([ReferenceStore.alice, ReferenceStore.carol])
    try tag(ReferenceStore.carol, "plan", "free")
    let archive = writer.core.catalog.state.packs.first { $0.tier == .archive }
    try renew()
    let id = Identifier(high: 1, low: 2)
    try commit([
      .hold(ReferenceStore.alice, 60_000), .snapshot(SnapshotFacts(id: id, time: store.clock.now(), path: "/copies/1")),
      .pin(Pin(session: ReferenceStore.alice, until: 0)),
    ])
    sessions[ReferenceStore.alice]?.isPinned = true
    // What another process said of sessions waits in the catalog; and a pack's day was moved.
    let edit = SessionEdit(
      commit: 0, session: ReferenceStore.bob, time: store.clock.now(),
      change: .setTags([TagChange(key: "ticket", value: "17")]))
    try commit([.session(edit)] + (archive.map { [.setExpiry($0.id, 60_001)] } ?? []))
    sessions[ReferenceStore.bob]?.tags["ticket"] = "17"
    var files = try files()
    // It may have any length, and any content.
    files["reserve"] = [UInt8](repeating: 0, count: 64)
    return files
  }

  mutating func killed() throws -> [String: [UInt8]] {
    try add([ReferenceStore.alice, ReferenceStore.bob, ReferenceStore.carol])
    // A wrong bit in a payload, seen when the journal is flushed: it is kept aside.
    let whole = sessions[ReferenceStore.bob]
    try add([ReferenceStore.bob])
    for name in store.disk.paths() where name.hasPrefix(SimulatedStore.layout.journals) {
      let bytes = store.disk.contents(name) ?? []
      let record = bytes.indices.last { bytes[$0...].starts(with: Self.record) } ?? 0
      let head = Int(bytes[record + 16]) + Int(bytes[record + 17]) << 8
      try store.disk.flipBit(name, byte: record + head + 20, bit: 0)
    }
    sessions[ReferenceStore.bob] = whole
    sessions[ReferenceStore.bob]?.lost = 5..<10
    try add([ReferenceStore.bob])
    try flush()
    try renew()
    try add([ReferenceStore.alice])
    let before = try files()
    let kept = sessions
    try add([ReferenceStore.alice, ReferenceStore.carol])
    // Of the last group, which nobody was told of, a part reached the disk.
    var files = before
    sessions = kept
    for (journal, bytes) in try self.files() where journal.hasPrefix("journals/") {
      files[journal] = Array(bytes.prefix((before[journal]?.count ?? 0) + 700))
    }
    return files
  }

  mutating func erasing() throws -> [String: [UInt8]] {
    try add([ReferenceStore.alice, ReferenceStore.erased, ReferenceStore.carol])
    try flush()
    try add([ReferenceStore.erased, ReferenceStore.alice])
    try writer.rotate()
    // The disk fails at the first write into a pack: the commit that says what is to be overwritten is in force.
    store.disk.inject(Fault(.errno(5), at: .matching { $0 == .write && $1.contains("/packs/") }))
    var eraser = Eraser(writer.core, writer: writer, MaintenanceControl())
    _ = try? eraser.run(.session(ReferenceStore.erased))
    sessions[ReferenceStore.erased] = nil
    // And half of a page was written.
    var files = try files()
    for (pack, patch) in writer.core.catalog.state.destructions.flatMap(\.packs).map({ ($0.pack, $0.patch) }) {
      let name = SimulatedStore.layout.relative(SimulatedStore.layout.pack(pack))
      for image in patch.images {
        let half = image.bytes.prefix(image.bytes.count / 2)
        files[name]?.replaceSubrange(Int(image.offset)..<Int(image.offset) + half.count, with: half)
      }
    }
    return files
  }
}
