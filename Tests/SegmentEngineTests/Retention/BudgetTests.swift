import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// A simulated disk tells exactly what a store takes at every moment.
@Suite("A byte budget holds, whatever is ingested")
struct BudgetTests {
  private static let packBytes = 1 << 20

  private func store(
    _ policy: Policy, seed: UInt64 = 21
  ) throws -> (store: SimulatedStore, writer: StoreWriter, maintenance: Maintenance) {
    let store = SimulatedStore(SimulatedDisk(seed: seed), seed: seed)
    var configuration = SimulatedStore.configuration
    configuration.packBytes = Self.packBytes
    configuration.recentHours = 24
    let writer = try StoreWriter.open(SimulatedStore.layout, configuration, store.environment())
    _ = try PolicyInstallation(core: writer.core).install(policy)
    return (store, writer, Maintenance(writer.core))
  }

  /// Text that does not compress, so that bytes are bytes.
  private func batch(_ number: Int, bytes: Int, errors: Int = 0) -> [UInt8] {
    var generator = SeededGenerator(seed: number)
    var lines = (0..<max(1, bytes / 2_000)).map {
      Sample.custom(1_700_000_000_000 + Double($0), tag: generator.letters(1_950))
    }
    for _ in 0..<errors { lines.append(Sample.error(1_700_000_000_000)) }
    return Sample.batch(lines)
  }

  private func append(_ store: SimulatedStore, _ writer: StoreWriter, _ key: SessionKey, _ bytes: [UInt8]) throws {
    try writer.core.prepare(key)
    let batch = PendingCommit.batch(
      try PreparedBatch(
        bytes, to: key, window: "", batchID: nil, visitor: nil, validation: .rejectBatch, durability: .synced,
        origin: .imported, received: store.clock.now(), limits: .init()))
    _ = try #require(writer.commit([batch]).first).get()
  }

  @Test("It is never exceeded by more than one pack; what the rules leave out goes first, then what expires next")
  func neverExceeded() throws {
    let budget: UInt64 = 5 << 20
    let (store, writer, maintenance) = try store(
      Policy(
        rules: [.init(name: "errors", when: .init(errors: .init(atLeast: 1)), keep: 1, retention: .days(300))],
        otherwise: .init(name: "default", keep: 0.3, retention: .days(100)), budgetBytes: budget, freeBytes: 0))
    let pinned = SessionKey(id: "session-0")
    var most: UInt64 = 0
    var refused = 0
    func measure() { most = max(most, store.disk.usedBytes) }
    for day in 0..<40 {
      for number in 0..<12 {
        let index = day * 12 + number
        store.clock.advance(milliseconds: 7_200_000 - 1)
        do {
          try append(
            store, writer, SessionKey(id: "session-\(index)"),
            batch(index, bytes: 60_000, errors: index % 6 == 0 ? 1 : 0))
        } catch let error as StoreError {
          #expect(error.code == .budgetExceeded)
          refused += 1
        }
        measure()
        if number % 4 == 3 {
          try writer.rotate()
          try writer.flush()
          measure()
        }
        // As the committing thread does each second.
        if try writer.poll().isPressed { _ = try maintenance.run([.expiry, .budget], MaintenanceControl()) }
        measure()
      }
      if day == 0 { _ = try writer.core.catalog.commit { _ in [.pin(Pin(session: pinned, until: 0))] } }
      _ = try maintenance.run(Set<MaintenanceJob>.all.subtracting([.flush, .dictionaries]), MaintenanceControl())
      measure()
      #expect(try writer.core.pressure().excess == 0, "day \(day)")
    }
    #expect(most <= budget + UInt64(Self.packBytes), "\(most) of \(budget)")
    // It was of use: not emptied either.
    #expect(most > budget && store.disk.usedBytes > budget / 2)
    #expect(refused == 0)
    #expect(try writer.core.summary(of: pinned) != nil)
    let kept = try writer.core.list(SessionQuery(limit: 10_000)).sessions
    // Those that expire first went first; none with errors as long as there are others.
    let evicted = (0..<480).filter { writer.core.refusal(of: SessionKey(id: "session-\($0)"))?.code == .sessionExpired }
    #expect(evicted.count > 20 && evicted.allSatisfy { $0 % 6 != 0 })
    let survivors = kept.filter { $0.key != pinned && $0.errors == 0 && $0.rule != nil }.compactMap {
      Int($0.key.id.dropFirst(8))
    }
    // Two hours apart, so 12 of one day share an expiry day.
    #expect(survivors.min() ?? 0 > (evicted.max() ?? 0) - 13)
    let totals = writer.core.catalog.state.totals.entries.map(\.total)
    #expect(totals.reduce(0) { $0 + $1.evicted } > 0)
    #expect(totals.reduce(0) { $0 + $1.sessions } >= 400)
    #expect(try writer.core.verified(deep: true).findings.filter { $0.severity == .damage } == [])
    for summary in kept { #expect(try writer.core.exported(summary.key).gaps == []) }
    try writer.close()
  }

  @Test("Where nothing more may go ingest is refused with a clear error, reading goes on, and it resumes by itself")
  func nothingMayGo() throws {
    let budget: UInt64 = 4 << 20
    let (store, writer, maintenance) = try store(
      Policy(otherwise: .init(name: "default", keep: 1, retention: .forever), budgetBytes: budget, freeBytes: 0))
    var stored: [SessionKey] = []
    var refusal: StoreError?
    for number in 0..<90 {
      let key = SessionKey(id: "s\(number)")
      store.clock.advance(milliseconds: 60_000)
      do {
        try append(store, writer, key, batch(number, bytes: 80_000))
        stored.append(key)
        _ = try writer.core.catalog.commit { _ in [.pin(Pin(session: key, until: 0))] }
      } catch let error as StoreError { refusal = refusal ?? error }
      if number % 5 == 4 {
        try writer.rotate()
        try writer.flush()
      }
      _ = try writer.poll()
      _ = try maintenance.run([.expiry, .budget], MaintenanceControl())
    }
    #expect(refusal?.code == .budgetExceeded && refusal?.isRetryable == true)
    #expect(refusal?.message.contains("\(budget)") == true)
    #expect(store.disk.usedBytes <= budget + UInt64(Self.packBytes))
    for key in stored { #expect(try !writer.core.exported(key).bytes.isEmpty) }
    // Unpinned ones go, the oldest first, when room is wanted; ingest resumes by itself.
    store.clock.advance(milliseconds: 3_600_000)
    _ = try writer.core.catalog.commit { _ in stored.prefix(12).map { .unpin($0) } }
    var resumed = 0
    for number in 100..<110 {
      _ = try writer.poll()
      _ = try maintenance.run([.budget], MaintenanceControl())
      _ = try writer.poll()
      if (try? append(store, writer, SessionKey(id: "again\(number)"), batch(number, bytes: 80_000))) != nil {
        resumed += 1
      }
    }
    #expect(resumed >= 8, "\(resumed)")
    let oldest = try writer.core.summary(of: stored[0])
    #expect(oldest == nil)
    do {
      try append(store, writer, stored[0], batch(1_001, bytes: 100))
      Issue.record("a session that was let go was begun anew")
    } catch let error as StoreError { #expect(error.code == .sessionExpired) }
    try writer.close()
  }

  @Test("A project's budget lets go of that project's sessions alone")
  func projects() throws {
    let (store, writer, maintenance) = try store(
      Policy(
        otherwise: .init(name: "default", keep: 1, retention: .days(50)), projectBudgets: ["big": 300_000], freeBytes: 0
      ))
    for number in 0..<40 {
      store.clock.advance(milliseconds: 60_000)
      let key = SessionKey(project: number % 2 == 0 ? "big" : "small", id: "s\(number)")
      try append(store, writer, key, batch(number, bytes: 30_000))
      if number % 10 == 9 {
        try writer.rotate()
        try writer.flush()
      }
    }
    store.clock.advance(milliseconds: 2 * Day.milliseconds)
    _ = try maintenance.run([.promotion], MaintenanceControl())
    let report = try maintenance.run([.budget], MaintenanceControl())
    #expect(report.departures.map(\.reason) == [.budget])
    let kept = try writer.core.list(SessionQuery(limit: 1_000)).sessions
    #expect(kept.filter { $0.key.project == "small" }.count == 20)
    let big = kept.filter { $0.key.project == "big" }
    #expect(big.count < 20 && big.reduce(0) { $0 + $1.storedBytes } <= 300_000)
    // The newest are left.
    #expect(Set(big.map(\.key.id)) == Set((0..<big.count).map { "s\(38 - 2 * $0)" }))
    #expect(try maintenance.run([.budget], MaintenanceControl()).departures.isEmpty)
    #expect(try writer.core.verified(deep: true).findings.filter { $0.severity == .damage } == [])
    try writer.close()
  }

  @Test("A floor of free space lets go as a budget does")
  func floor() throws {
    let (store, writer, maintenance) = try store(
      Policy(otherwise: .init(name: "default", keep: 1, retention: .days(50)), freeBytes: 1 << 20))
    store.disk.capacity = 8 << 20
    for number in 0..<300 {
      store.clock.advance(milliseconds: 600_000)
      try append(store, writer, SessionKey(id: "s\(number)"), batch(number, bytes: 40_000))
      if number % 5 == 4 {
        try writer.rotate()
        try writer.flush()
        if try writer.poll().isPressed { _ = try maintenance.run([.budget], MaintenanceControl()) }
      }
    }
    #expect(store.disk.usedBytes <= 8 << 20 - 1 << 19)
    #expect(try writer.core.list(SessionQuery(limit: 1_000)).sessions.count < 300)
    #expect(try writer.core.summary(of: SessionKey(id: "s299")) != nil)
    try writer.close()
  }
}
