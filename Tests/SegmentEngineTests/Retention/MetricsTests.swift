import CoreMetrics
import MetricsTestKit
import Testing

@testable import SegmentEngine

@Suite("What an operator watches is counted")
struct MetricsTests {
  /// The process has one backend; stores of other tests have other names.
  private static let backend: TestMetrics = {
    let backend = TestMetrics()
    MetricsSystem.bootstrap(backend)
    return backend
  }()

  private let own = [("store", "metrics-test")]

  private func count(_ name: String, _ more: [(String, String)] = []) throws -> Int64 {
    try Self.backend.expectCounter("segment_\(name)_total", own + more).totalValue
  }

  private func gauge(_ name: String, _ more: [(String, String)] = []) throws -> Double? {
    try Self.backend.expectRecorder("segment_\(name)", own + more).lastValue
  }

  @Test("Counters and gauges move with what is done, by the names that OPERATING.md gives")
  func moves() async throws {
    _ = Self.backend
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    var configuration = Configuration.compacting(recentHours: 1)
    configuration.metricsName = "metrics-test"
    let store = try await folder.open(.readWrite, configuration, clock: clock)
    try await store.setPolicy(
      Policy(
        rules: [.init(name: "none", when: .init(tags: ["drop": "yes"]), keep: 0)],
        otherwise: .init(name: "default", keep: 1, retention: .days(2)), budgetBytes: 1 << 30, freeBytes: 0))
    for id in ["a", "b", "c"] {
      try await store.addSession(SessionKey(id: id), tags: id == "c" ? ["drop": "yes"] : [:])
    }
    #expect(try count("batches") == 3 && count("events") == 9 && count("commits") >= 3)
    #expect(try count("raw_bytes") > 300)
    #expect(try !Self.backend.expectTimer("segment_sync_seconds", own).values.isEmpty)
    try await store.pin(SessionKey(id: "b"))
    try await store.flush()
    #expect(try count("flushes") == 1)
    clock.advance(hours: 2)
    try await store.maintain()
    #expect(try count("promoted_sessions") == 2 && count("departed_sessions", [("why", "dropped")]) == 1)
    #expect(try count("rewritten_bytes") > 0)
    store.core.observe()
    #expect(try gauge("sessions", [("state", "pinned")]) == 1 && gauge("sessions", [("state", "gone")]) == 1)
    #expect(try gauge("bytes", [("tier", "archive")]) ?? 0 > 0 && gauge("bytes", [("tier", "recent")]) == 0)
    #expect(try gauge("free_bytes") ?? 0 > 0 && gauge("budget_bytes") == Double(1 << 30) && gauge("packs") == 2)
    clock.advance(hours: 24 * 4)
    try await store.maintain()
    #expect(try count("departed_sessions", [("why", "expired")]) == 1)
    try await store.erase(.session(SessionKey(id: "b")))
    #expect(try count("departed_sessions", [("why", "erased")]) == 1)
    try await store.close()
  }
}
