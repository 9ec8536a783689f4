import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// A simulated year: 1,000 sessions a day on a simulated disk, with a policy of three rules and a budget that begins to
/// bind when traffic grows.
@Suite struct YearTests {
  #if DEBUG
    static let days = 45
  #else
    static let days = 365
  #endif
  static let perDay = 1_000
  static let budget: UInt64 = 14 << 20
  /// From this day on half as many sessions more.
  static let growth = 200

  static let policy = Policy(
    rules: [
      .init(name: "errors", when: .init(errors: .init(atLeast: 1)), keep: 1, retention: .days(90)),
      .init(name: "long", when: .init(durationSeconds: .init(atLeast: 90)), keep: 0.5, retention: .days(60)),
    ], otherwise: .init(name: "default", keep: 0.1, retention: .days(30)), budgetBytes: budget, freeBytes: 0,
    salt: "2026")

  /// What really came, by rule and by the day on which it would expire.
  private struct Truth {
    var sessions = 0.0
    var clicks = 0.0
    var errors = 0.0
  }

  @Test func aYearOfRetentionHoldsEveryDayWhatThePolicySays() throws {
    let disk = SimulatedDisk(seed: 77)
    let store = SimulatedStore(disk, seed: 77)
    var configuration = SimulatedStore.configuration
    configuration.recentHours = 24
    configuration.archiveLevel = 1
    configuration.recentLevel = 1
    configuration.packBytes = 4 << 20
    configuration.recentBlockBytes = 64 << 10
    let writer = try StoreWriter.open(SimulatedStore.layout, configuration, store.environment())
    let maintenance = Maintenance(writer.core)
    _ = try PolicyInstallation(core: writer.core).install(Self.policy)
    var traffic = YearlyTraffic(seed: 77)
    var truth: [String: [UInt32: Truth]] = [:]
    var fullest: UInt64 = 0
    for day in 0..<Self.days {
      try ingest(day, &traffic, &truth, store, writer, maintenance)
      fullest = max(fullest, disk.usedBytes)
      _ = try writer.poll()
      try expire(day, disk, maintenance)
      _ = try maintenance.run([.erasure, .budget, .promotion, .merge], MaintenanceControl())
      _ = try maintenance.run([.budget], MaintenanceControl())
      try check(day, store, writer)
      if day == min(Self.days, Self.growth) - 1 { try checkEstimates(writer, truth, store.clock.now()) }
    }
    print("fullest: \(fullest) of \(Self.budget) bytes")
    #expect(fullest <= Self.budget + UInt64(configuration.packBytes), "\(fullest)")
    try checkShares(writer)
    let findings = try writer.core.verified(deep: true).findings
    #expect(findings.filter { $0.severity == .damage } == [])
    try writer.close()
  }

  private func ingest(
    _ day: Int, _ traffic: inout YearlyTraffic, _ truth: inout [String: [UInt32: Truth]], _ store: SimulatedStore,
    _ writer: StoreWriter, _ maintenance: Maintenance
  ) throws {
    let count = day >= Self.growth ? Self.perDay * 3 / 2 : Self.perDay
    for part in 0..<4 {
      store.clock.advance(milliseconds: 5.9 * 3_600_000)
      let now = store.clock.now()
      var group: [PendingCommit] = []
      for _ in 0..<count / 4 {
        let visit = traffic.visit(at: now - 600_000)
        try writer.core.prepare(visit.key)
        group.append(
          .batch(
            try PreparedBatch(
              visit.bytes, to: visit.key, window: "", batchID: nil, visitor: nil, validation: .rejectBatch,
              durability: .synced, origin: .live, received: now, limits: .init())))
        if visit.isFinished { group.append(.finish(visit.key)) }
        let rule = visit.errors > 0 ? "errors" : visit.seconds >= 90 ? "long" : "default"
        let retention = Self.policy.rule(named: rule)?.retention ?? .forever
        var sums = truth[rule]?[retention.expiryDay(received: now)] ?? Truth()
        sums.sessions += 1
        sums.clicks += Double(visit.clicks)
        sums.errors += Double(visit.errors)
        truth[rule, default: [:]][retention.expiryDay(received: now)] = sums
      }
      for pending in group where !pending.isBatch { try writer.core.prepare(pending.session) }
      for outcome in writer.commit(group) { _ = try outcome.get() }
      if part % 2 == 1 {
        try writer.rotate()
        try writer.flush()
      }
      // As the maintenance of a store does that is being written: a day's batches are more than the slack.
      if try writer.poll().isPressed { _ = try maintenance.run([.budget], MaintenanceControl()) }
      _ = try writer.poll()
    }
    store.clock.advance(milliseconds: 0.4 * 3_600_000)
  }

  /// Expiry writes nothing but the catalog, and unlinks.
  private func expire(_ day: Int, _ disk: SimulatedDisk, _ maintenance: Maintenance) throws {
    disk.isLogging = true
    let before = disk.log.count
    let report = try maintenance.run([.expiry], MaintenanceControl())
    let packs = disk.log[before...].filter { $0.contains("/packs/") }
    disk.isLogging = false
    #expect(report.rewrites.isEmpty)
    #expect(packs.allSatisfy { $0.hasPrefix("unlink ") }, "day \(day): \(packs.prefix(3))")
    #expect(packs.count == report.departures.reduce(0) { $0 + $1.packs })
  }

  private func check(_ day: Int, _ store: SimulatedStore, _ writer: StoreWriter) throws {
    let now = store.clock.now()
    let state = writer.core.catalog.state
    for pack in state.packs where pack.tier == .archive {
      let days = Self.policy.rule(named: pack.className)?.retention.days ?? 0
      #expect(pack.expiryDay > Day.of(now), "day \(day): a pack is past its day")
      #expect(
        pack.firstReceived >= now - Double(days + 1) * Day.milliseconds, "day \(day): something is past its retention")
    }
    // What is recent is at most two days old: the window, and one until it is looked at.
    #expect(state.packs.filter { $0.tier == .recent }.allSatisfy { $0.firstReceived >= now - 2.2 * Day.milliseconds })
    #expect(store.disk.usedBytes <= Self.budget, "day \(day): \(store.disk.usedBytes)")
  }

  /// The kept share of each rule lies within bounds that are broken once in 10^9 times: |k - np| < t with
  /// 2 exp(-t^2 / (2 (np(1-p) + t/3))) = 1e-9 (Bernstein's inequality).
  private func checkShares(_ writer: StoreWriter) throws {
    var sums: [String: RuleTotal] = [:]
    for entry in writer.core.catalog.state.totals.entries {
      sums[entry.key.rule, default: RuleTotal()].add(entry.total)
    }
    #expect(Set(sums.keys) == ["errors", "long", "default"])
    let all = sums.values.reduce(0) { $0 + $1.sessions }
    // All but those of the last days were decided on.
    #expect(Int(all) > (Self.days - 4) * Self.perDay)
    for (rule, total) in sums {
      let rate = Self.policy.rule(named: rule)?.keep ?? 0
      let expected = Double(total.sessions) * rate
      let variance = expected * (1 - rate)
      let log = 21.42  // ln(2e9)
      let bound = log / 3 + (log * log / 9 + 2 * log * variance).squareRoot()
      // What a budget let go before it was decided on is not among the kept of the draw.
      let drawn = Double(total.kept)
      #expect(abs(drawn - expected) <= (rate == 1 ? 0 : bound), "\(rule): \(drawn) of \(total.sessions)")
    }
    if Self.days > Self.growth { #expect(sums.values.reduce(0) { $0 + $1.evicted } > 0, "the budget never bound") }
  }

  /// The kept sample tells sessions, clicks and errors of all that has not expired within three standard errors.
  private func checkEstimates(_ writer: StoreWriter, _ truth: [String: [UInt32: Truth]], _ now: Double) throws {
    let usage = try writer.core.usage(project: nil, sampleBytes: 0, progress: nil)
    let undecided = usage.samples.first { $0.rule.isEmpty }?.kept ?? SessionSums()
    var estimated = SessionSums()
    var variance = (sessions: 0.0, clicks: 0.0, errors: 0.0)
    var all = Truth()
    for sample in usage.samples where !sample.rule.isEmpty {
      let own = truth[sample.rule, default: [:]].filter { $0.key > Day.of(now) }.values
      estimated.sessions += sample.estimated.sessions
      estimated.clicks += sample.estimated.clicks
      estimated.errors += sample.estimated.errors
      variance.sessions += sample.standardError.sessions * sample.standardError.sessions
      variance.clicks += sample.standardError.clicks * sample.standardError.clicks
      variance.errors += sample.standardError.errors * sample.standardError.errors
      all.sessions += own.reduce(0) { $0 + $1.sessions }
      all.clicks += own.reduce(0) { $0 + $1.clicks }
      all.errors += own.reduce(0) { $0 + $1.errors }
    }
    estimated.sessions += undecided.sessions
    estimated.clicks += undecided.clicks
    estimated.errors += undecided.errors
    #expect(
      abs(estimated.sessions - all.sessions) <= 3 * variance.sessions.squareRoot(),
      "\(estimated.sessions) of \(all.sessions)")
    #expect(
      abs(estimated.clicks - all.clicks) <= 3 * variance.clicks.squareRoot(), "\(estimated.clicks) of \(all.clicks)")
    #expect(
      abs(estimated.errors - all.errors) <= max(1e-6, 3 * variance.errors.squareRoot()),
      "\(estimated.errors) of \(all.errors)")
    #expect(variance.sessions > 0)
  }
}
