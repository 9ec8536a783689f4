import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

@Suite("What a query rules out by time or project is not read")
struct ListingCostTests {
  private static let count = 400
  /// One in a hundred.
  private static let rare = "rare"

  private static func key(_ number: Int) -> SessionKey {
    SessionKey(project: number % 100 == 50 ? rare : ["blog", "shop"][number % 2], id: "s\(number)")
  }
  private static func stamp(_ number: Int) -> Timestamp {
    Timestamp(millisecondsSince1970: Sample.base + Double(number) * 60_000)
  }

  private func append(_ writer: StoreWriter, _ key: SessionKey, _ time: Timestamp) throws {
    try writer.core.prepare(key)
    let batch = try PreparedBatch(
      Sample.batch(Sample.click(time.millisecondsSince1970)), to: key, window: "", batchID: key.id, visitor: nil,
      validation: .rejectBatch, durability: .synced, origin: .imported,
      received: writer.core.environment.clock.now(), limits: .init())
    for outcome in writer.commit([.batch(batch)]) { _ = try outcome.get() }
  }

  /// 400 sessions in two packs, each a minute after the one before, and a few live ones after these.
  private func stored() throws -> (SimulatedStore, StoreWriter) {
    let store = SimulatedStore(SimulatedDisk(seed: 11), seed: 11)
    let writer = try store.openWriter()
    for number in 0..<Self.count + 10 {
      try append(writer, Self.key(number), Self.stamp(number))
      if number == 250 || number == Self.count - 1 {
        try writer.rotate()
        try writer.flush()
      }
    }
    return (store, writer)
  }

  /// The sessions that are listed, and how often packs were read for it.
  private func list(_ query: SessionQuery, _ store: SimulatedStore, _ core: StoreCore) throws -> ([SessionKey], Int) {
    _ = try core.index()
    let reads = OperationCount(of: .read, at: "/packs/", on: store.disk)
    defer { store.disk.removeFaults() }
    var query = query
    var listed: [SessionKey] = []
    repeat {
      let page = try core.list(query)
      listed += page.sessions.map(\.key)
      query.after = page.next
    } while query.after != nil
    return (listed, reads.value)
  }

  private func expected(_ holds: (Int) -> Bool) -> [SessionKey] {
    (0..<Self.count + 10).reversed().filter(holds).map(Self.key)
  }

  @Test("Sessions that ended before the moment asked for")
  func from() throws {
    let (store, writer) = try stored()
    for (from, most) in [(Self.count - 8, 40), (Self.count + 2, 0), (Self.count + 100, 0)] {
      let (listed, reads) = try list(SessionQuery(from: Self.stamp(from), limit: 100), store, writer.core)
      #expect(listed == expected { $0 >= from })
      #expect(reads <= most, "\(reads) reads for sessions from number \(from) on")
    }
    try writer.close()
  }

  @Test("Sessions of other projects, where the first page shows that they are many")
  func project() throws {
    let (store, writer) = try stored()
    let query = SessionQuery(project: Self.rare, limit: 10)
    let (listed, reads) = try list(query, store, writer.core)
    #expect(listed == expected { Self.key($0).project == Self.rare } && listed.count == 4)
    #expect(reads <= 90, "\(reads) reads for 4 sessions of 400")
    // The second time it is known where they are.
    let (again, rereads) = try list(query, store, writer.core)
    #expect(again == listed)
    #expect(rereads <= 40 && rereads < reads, "\(rereads) reads for the same once more")
    for (project, limit) in [("blog", 7), ("shop", 30), ("none", 5), ("blog", 1_000)] {
      let query = SessionQuery(project: project, limit: limit)
      #expect(try list(query, store, writer.core).0 == expected { Self.key($0).project == project }, "\(project)")
    }
    try writer.close()
  }

  @Test("What is known of a project's places holds for the packs that come, and go")
  func changes() throws {
    let (store, writer) = try stored()
    let query = SessionQuery(project: Self.rare, limit: 2)
    #expect(try list(query, store, writer.core).0.count == 4)
    try writer.rotate()
    try writer.flush()
    store.clock.advance(milliseconds: 3 * Day.milliseconds)
    _ = try Maintenance(writer.core).run([.promotion, .merge], isForced: true, MaintenanceControl())
    for project in [Self.rare, "blog", "shop"] {
      let query = SessionQuery(project: project, limit: 2)
      #expect(try list(query, store, writer.core).0 == expected { Self.key($0).project == project }, "\(project)")
    }
    try writer.close()
  }

  @Test("Projects are told apart by their bytes, as sessions are")
  func bytes() throws {
    let store = SimulatedStore(SimulatedDisk(seed: 12), seed: 12)
    let writer = try store.openWriter()
    let keys = ["caf\u{E9}", "cafe\u{301}"].map { SessionKey(project: $0, id: "s") }
    for key in keys {
      try append(writer, key, Self.stamp(0))
    }
    for _ in 0..<2 {
      for key in keys {
        let listed = try list(SessionQuery(project: key.project), store, writer.core).0
        #expect(listed.count == 1 && listed.allSatisfy { NameBytes.same($0.project, key.project) })
      }
      try writer.rotate()
      try writer.flush()
    }
    try writer.close()
  }
}
