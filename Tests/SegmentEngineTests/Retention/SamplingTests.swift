import Testing

@testable import SegmentEngine

@Suite("Sampling is decided late, once, on the last facts")
struct SamplingTests {
  private func promoted(
    _ policy: Policy?, sessions: Int = 200, _ body: (ReplayStore, ShiftedClock) async throws -> Void
  ) async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 24), clock: clock)
    if let policy { try await store.setPolicy(policy) }
    for number in 0..<sessions {
      try await store.addSession(
        SessionKey(id: "s\(number)"), text: "t\(number)", events: number % 10 == 0 ? 25 : 3,
        errors: number % 25 == 0 ? 1 : 0)
    }
    try await store.flush()
    try await body(store, clock)
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("Until the recent window is past everything is kept; then by rule, first match, at its rate, as the draw says")
  func byRule() async throws {
    try await promoted(.testing()) { (store, clock) async throws in
      clock.advance(hours: 23)
      try await store.maintain()
      #expect(try await store.sessions(SessionQuery(limit: 1_000)).sessions.count == 200)
      #expect(try await store.summary(of: SessionKey(id: "s1"))?.rule == nil)
      clock.advance(hours: 2)
      let report = try await store.maintain()
      let policy = Policy.testing()
      let draw = SamplingDraw(policy: policy, storeSalt: .zero)
      var dropped = 0
      for number in 0..<200 {
        let key = SessionKey(id: "s\(number)")
        let rule = number % 25 == 0 ? "errors" : number % 10 == 0 ? "long" : "default"
        let rates: [String: Double] = ["errors": 1, "long": 0.5, "default": 0.1]
        let rate = rates[rule] ?? 0
        let summary = try await store.summary(of: key)
        #expect((summary != nil) == draw.keeps(key, rate: rate), "\(key)")
        if let summary {
          #expect(summary.rule == rule && summary.keepRate == rate)
          let retention: [String: Double] = ["errors": 30, "long": 20, "default": 10]
          let days = retention[rule] ?? 0
          let stays = try #require(summary.expires).millisecondsSince1970 - summary.lastReceived.millisecondsSince1970
          #expect(stays >= days * Day.milliseconds && stays < (days + 1) * Day.milliseconds)
        } else {
          dropped += 1
          let error = await failure { try await store.addSession(key, text: "late") }
          #expect(error?.code == .sessionDropped)
        }
      }
      #expect(dropped > 100)
      #expect(report.rewrites.map(\.sessionsDropped).reduce(0, +) == dropped)
      // One pack a rule and day.
      let classes = try store.packs(.archive).map(\.className)
      #expect(Set(classes) == ["errors", "long", "default"])
      #expect(try store.packs(.archive).count == 3)
      #expect(try store.packs(.recent).isEmpty)
      let totals = store.core.catalog.state.totals.entries.map(\.total)
      #expect(totals.reduce(0) { $0 + $1.sessions } == 200)
      #expect(totals.reduce(0) { $0 + $1.kept } == UInt64(200 - dropped))
    }
  }

  @Test("With no policy set everything is kept 30 days")
  func noPolicy() async throws {
    try await promoted(nil, sessions: 20) { (store, clock) async throws in
      clock.advance(hours: 25)
      try await store.maintain()
      #expect(try await store.sessions().sessions.count == 20)
      #expect(try store.packs(.archive).map(\.className) == ["default"])
      clock.advance(hours: 24 * 28)
      try await store.addSession(SessionKey(id: "new"))
      try await store.maintain()
      #expect(try await store.sessions().sessions.count == 21)
      clock.advance(hours: 24 * 2)
      try await store.maintain()
      #expect(try await store.sessions().sessions.map(\.key.id) == ["new"])
    }
  }

  @Test("An error tag that comes late, from another process, decides")
  func lateFacts() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
    let policy = Policy(
      rules: [.init(name: "bad", when: .init(tags: ["outcome": "error"]), keep: 1)],
      otherwise: .init(name: "default", keep: 0))
    try await store.setPolicy(policy)
    for id in ["tagged", "plain"] { try await store.addSession(SessionKey(id: id), text: id) }
    try await store.flush()
    clock.advance(hours: 2)
    let other = try await folder.open(.maintenance, .compacting(recentHours: 1), clock: clock)
    try await other.setTags(["outcome": "error"], on: SessionKey(id: "tagged"))
    // The writer may put the tag into its journal at any moment: a session with something there is not over, and what the
    // tag went into has a recent window of its own.
    try await eventually("the rules have decided") {
      clock.advance(hours: 0.25)
      try await other.flush()
      try await other.maintain([.promotion])
      return try await other.sessions().sessions.map(\.key.id) == ["tagged"]
    }
    #expect(try await other.summary(of: SessionKey(id: "tagged"))?.rule == "bad")
    try await other.close()
    try await eventually("the writer knows it too") { try await store.summary(of: SessionKey(id: "plain")) == nil }
    #expect(try await store.summary(of: SessionKey(id: "tagged"))?.tags == ["outcome": "error"])
    try await store.close()
  }

  @Test("A pinned session is kept whatever the draw says, and stands for itself alone")
  func pinned() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
    try await store.setPolicy(Policy(otherwise: .init(name: "default", keep: 0, retention: .days(2)), freeBytes: 0))
    for id in ["kept", "gone"] { try await store.addSession(SessionKey(id: id), text: id) }
    let key = SessionKey(id: "kept")
    #expect(await failure { try await store.pin(SessionKey(id: "none")) }?.code == .notFound)
    try await store.pin(key)
    try await store.flush()
    clock.advance(hours: 2)
    try await store.maintain()
    let summary = try #require(try await store.summary(of: key))
    #expect(summary.isPinned && summary.rule == "default" && summary.keepRate == 1 && summary.expires == nil)
    #expect(try await store.sessions(SessionQuery(isPinned: true)).sessions.map(\.key) == [key])
    #expect(try await store.summary(of: SessionKey(id: "gone")) == nil)
    // Its time counts from its last receipt on once it is unpinned.
    clock.advance(hours: 24 * 5)
    try await store.maintain()
    #expect(try await store.summary(of: key) != nil)
    try await store.unpin(key)
    #expect(await failure { try await store.unpin(key) }?.code == .notFound)
    try await store.maintain()
    #expect(try await store.summary(of: key) == nil)
    #expect(try store.packs().isEmpty)
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("A session promoted in parts follows its first decision, and all of it stays as long as its last part")
  func parts() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
    try await store.setPolicy(Policy(otherwise: .init(name: "default", keep: 1, retention: .days(3)), freeBytes: 0))
    let (long, short) = (SessionKey(id: "long"), SessionKey(id: "short"))
    try await store.addSession(short, text: "short")
    for day in 0..<3 {
      try await store.append(
        Sample.batch([Sample.mutation(Sample.base + Double(day), text: "day\(day)")]), to: long, origin: .imported)
      try await store.flush()
      clock.advance(hours: 26)
      try await store.maintain()
    }
    #expect(try await store.summary(of: long)?.segments == 3)
    #expect(store.core.catalog.state.holds[long] != nil)
    // The first part's day has come: what it shared its pack with goes, it stays.
    clock.advance(hours: 16)
    try await store.maintain()
    #expect(try await store.summary(of: short) == nil)
    #expect(try await store.export(long).split(separator: "\n").count == 3)
    #expect(try await store.verify(deep: true).findings == [])
    clock.advance(hours: 24 * 4)
    try await store.maintain()
    #expect(try await store.summary(of: long) == nil)
    #expect(try store.packs().isEmpty)
    try await store.close()
  }

  @Test("The estimates of a policy test come near the truth, and a policy that keeps all estimates it exactly")
  func evaluation() async throws {
    try await promoted(nil, sessions: 400) { (store, _) async throws in
      let all = try await store.evaluate(.keepAll)
      #expect(all.rows.map(\.all.sessions) == [400] && all.rows[0].estimated == all.rows[0].all)
      #expect(all.rows[0].standardError == SessionSums())
      let found = try await store.evaluate(.testing(rest: 0.25))
      #expect(found.rows.map(\.rule) == ["errors", "long", "default"])
      #expect(found.rows.map(\.all.sessions).reduce(0, +) == 400)
      for row in found.rows {
        #expect(abs(row.estimated.sessions - row.all.sessions) <= 5 * max(row.standardError.sessions, 1e-9), "\(row)")
      }
      #expect(try await store.sessions(SessionQuery(limit: 1_000)).sessions.count == 400)
    }
  }
}
