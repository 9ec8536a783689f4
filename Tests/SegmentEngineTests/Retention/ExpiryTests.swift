import SegmentFiles
import Testing

@testable import SegmentEngine

@Suite("Expiry frees space and rewrites nothing")
struct ExpiryTests {
  /// Sessions archived on one day, by a policy that keeps all some days.
  private func archived(
    days: Int = 5, sessions: Int = 12, _ body: (ReplayStore, ShiftedClock, StoreFolder) async throws -> Void
  ) async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
    try await store.setPolicy(Policy(otherwise: .init(name: "default", keep: 1, retention: .days(days)), freeBytes: 0))
    for number in 0..<sessions { try await store.addSession(SessionKey(id: "s\(number)"), text: "secret\(number)") }
    try await store.flush()
    clock.advance(hours: 2)
    try await store.maintain()
    #expect(try store.packs(.recent).isEmpty)
    try await body(store, clock, folder)
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("Whole packs go on their day, not before, and their space with them")
  func wholePacks() async throws {
    try await archived { (store, clock, folder) async throws in
      clock.advance(hours: 24 * 4)
      #expect(try await store.maintain([.expiry]).departures.isEmpty)
      clock.advance(hours: 24 * 2)
      let plan = try await store.maintain([.expiry], dryRun: true)
      #expect(plan.plan.map(\.sessions) == [12] && plan.plan.map(\.packs) == [1])
      let commits = store.core.catalog.state.commit
      let report = try await store.maintain([.expiry])
      #expect(
        report.departures.map(\.sessions) == [12] && report.departures.map(\.packs) == [1] && report.rewrites.isEmpty)
      #expect(store.core.catalog.state.commit == commits + 1)
      #expect(try folder.files(in: "packs").isEmpty)
      #expect(try await store.sessions().sessions.isEmpty)
    }
  }

  @Test("A clock that is far ahead lets nothing go unless it is forced to")
  func wrongClock() async throws {
    try await archived { (store, clock, _) async throws in
      clock.advance(hours: 24 * 400)
      #expect(await failure { _ = try await store.maintain([.expiry]) }?.code == .clockAhead)
      #expect(try await store.maintain([.expiry, .merge]).departures.isEmpty)
      #expect(try await store.sessions().sessions.count == 12)
      #expect(try await store.maintain([.expiry], isForced: true).departures.map(\.sessions) == [12])
    }
  }

  @Test("Neighbours of a pinned session are destroyed in place; it is moved later, and goes when it may")
  func pinnedNeighbour() async throws {
    try await archived { (store, clock, folder) async throws in
      let key = SessionKey(id: "s3")
      let text = try await store.export(key)
      try await store.pin(key)
      clock.advance(hours: 24 * 6)
      let report = try await store.maintain([.expiry])
      #expect(report.departures.map(\.sessions) == [11] && report.departures.map(\.packs) == [0])
      #expect(try await store.sessions().sessions.map(\.key) == [key])
      #expect(try await store.export(key) == text)
      #expect(try await store.verify(deep: true).findings == [])
      for number in [0, 2, 4, 11] { #expect(try store.traces(of: "secret\(number)-", in: folder) == []) }
      #expect(try await store.maintain([.promotion]).rewrites.map(\.kind) == [.settlement])
      #expect(try await store.maintain([.promotion]).rewrites.isEmpty)
      #expect(try store.packs().map(\.className) == [Policy.pinnedClass])
      #expect(try await store.export(key) == text)
      try await store.unpin(key)
      try await store.maintain()
      #expect(try folder.files(in: "packs").isEmpty)
    }
  }

  @Test("A pin with an end holds until then")
  func pinUntil() async throws {
    try await archived { (store, clock, _) async throws in
      let key = SessionKey(id: "s3")
      let now = store.core.environment.clock.now()
      try await store.pin(key, until: Timestamp(millisecondsSince1970: now + 10 * Day.milliseconds))
      for day in 1...9 {
        clock.advance(hours: 24)
        try await store.addSession(SessionKey(id: "day\(day)"))
        try await store.maintain()
        #expect(try await store.summary(of: key)?.isPinned == true, "day \(day)")
      }
      clock.advance(hours: 30)
      try await store.maintain()
      #expect(try await store.summary(of: key) == nil)
      #expect(store.core.catalog.state.pins.isEmpty)
    }
  }

  @Test("A policy that changes retention moves days without rewriting, and says what it cannot move")
  func policyChange() async throws {
    try await archived { (store, clock, folder) async throws in
      let files = try folder.files(in: "packs")
      var policy = try await store.policy()
      policy.otherwise.retention = .days(8)
      var change = try await store.setPolicy(policy)
      #expect(change.packsMoved == 1 && change.packsDue == 0 && change.packsLeft == 0)
      #expect(try folder.files(in: "packs") == files)
      clock.advance(hours: 24 * 6)
      try await store.maintain([.expiry], isForced: true)
      #expect(try await store.sessions().sessions.count == 12)
      policy.otherwise.retention = .forever
      change = try await store.setPolicy(policy)
      #expect(change.packsMoved == 1)
      #expect(try await store.summary(of: SessionKey(id: "s0"))?.expires == nil)
      policy.otherwise.retention = .days(1)
      change = try await store.setPolicy(policy)
      #expect(change.packsMoved == 1 && change.packsDue == 1)
      try await store.maintain([.expiry])
      #expect(try folder.files(in: "packs").isEmpty)
    }
  }

  @Test("Packs of a rule that a policy no longer has keep their day")
  func ruleGone() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
    try await store.setPolicy(.testing(rest: 1))
    try await store.addSession(SessionKey(id: "bad"), errors: 1)
    try await store.flush()
    clock.advance(hours: 2)
    try await store.maintain()
    let day = try store.packs()[0].expiryDay
    let change = try await store.setPolicy(.keepAll)
    #expect(change.packsLeft == 1 && change.packsMoved == 0)
    #expect(try store.packs()[0].expiryDay == day)
    try await store.close()
  }
}
