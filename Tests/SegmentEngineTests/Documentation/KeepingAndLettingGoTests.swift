import SegmentEngine
import Testing

/// The code of KeepingAndLettingGo.md, which ArticleTests holds against the marked regions here.
@Suite("Keeping and letting go, as the article has it")
struct KeepingAndLettingGoTests {
  @Test("A policy is tried, set and read back")
  func policy() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    for (name, errors) in [("calm", 0), ("broken", 1)] {
      try await store.addSession(SessionKey(project: "shop", id: name), text: name, errors: errors)
    }
    try await store.flush()

    // [article]
    let policy = Policy(
      rules: [
        .init(name: "errors", when: .init(errors: .init(atLeast: 1)), keep: 1, retention: .days(90)),
        .init(name: "tickets", when: .init(tags: ["ticket": nil]), keep: 1, retention: .forever),
      ],
      otherwise: .init(name: Policy.Rule.defaultName, keep: 0.1, retention: .days(30)),
      budgetBytes: 200_000_000_000)
    let trial = try await store.evaluate(policy)
    for row in trial.rows {
      print("\(row.rule): \(row.kept.sessions) of \(row.all.sessions) sessions would stay")
    }
    // [end]
    #expect(trial.rows.map(\.rule) == ["errors", "tickets", "default"])
    #expect(trial.rows.map(\.all.sessions) == [1, 0, 1] && trial.rows[0].kept.sessions == 1)

    // [article]
    let change = try await store.setPolicy(policy)
    print("\(change.packsMoved) packs have another day now; \(change.packsDue) of them may go")
    // [end]
    #expect(try await store.policy() == policy)
    #expect(change.packsMoved == 0 && change.packsDue == 0)

    let document = String(decoding: policy.json, as: UTF8.self)
    // [article]
    try await store.setPolicy(try Policy(json: Array(document.utf8)))
    // [end]
    #expect(try await store.policy() == policy)
    try await store.close()
  }

  @Test("A session is pinned and given back to the policy")
  func pins() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(project: "shop", id: "s-1842")
    try await store.addSession(key)
    let march = Timestamp(millisecondsSince1970: 4_102_444_800_000)
    // [article]
    try await store.pin(key, until: march)
    let pinned = try await store.sessions(.init(isPinned: true))
    try await store.unpin(key)
    // [end]
    #expect(pinned.sessions.map(\.key) == [key] && pinned.sessions[0].pinnedUntil == march)
    #expect(try await store.summary(of: key)?.isPinned == false)
    try await store.close()
  }

  @Test("Maintenance is planned and done by a process of its own")
  func maintenance() async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open(.readWrite, .small(maintainsItself: false))
    try await writer.addSession(SessionKey(id: "s"))
    let path = folder.path
    // [article]
    let store = try await ReplayStore.open(path, mode: .maintenance)
    for step in try await store.maintain(dryRun: true).plan { print("\(step.job.rawValue): \(step.reason)") }
    let report = try await store.maintain()
    for departure in report.departures { print("\(departure.sessions) sessions went: \(departure.reason.rawValue)") }
    // [end]
    #expect(report.departures.isEmpty && report.plan.isEmpty)
    #expect(try await store.info().journals.count == 0)
    #expect(try await store.info().recentPacks.count == 1)
    try await store.close()
    try await writer.close()
  }

  @Test("An erasure is looked at, made and proven")
  func erasure() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    for number in 0..<3 {
      try await store.addSession(SessionKey(project: "shop", id: "s-\(number)"), visitor: number < 2 ? "v-31" : "v-32")
    }
    // [article]
    let target = ErasureTarget.visitor("v-31", project: "shop")
    let sessions = try await store.erasable(target)
    let receipt = try await store.erase(target)
    assert(receipt.isComplete && receipt.sessions == UInt64(sessions.count))
    for limit in receipt.limits { print("not reached: \(limit)") }
    // [end]
    #expect(sessions.count == 2 && receipt.sessions == 2 && receipt.isComplete)
    #expect(try await store.sessions().sessions.map(\.key.id) == ["s-2"])
    // What could not be reached is told once, and not kept.
    var kept = receipt
    kept.limits = []
    #expect(try await store.erasureReceipts() == [kept])
    try await store.close()
  }

  @Test("A snapshot is made beside the writer, and a store of it")
  func snapshot() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s")
    try await store.addSession(key)
    let (copy, restored) = (folder.parent + "/copy", folder.parent + "/restored")
    // [article]
    let report = try await store.snapshot(to: copy)
    try await ReplayStore.restore(copy, to: restored)
    // [end]
    #expect(report.journals == 1 && report.bytesCopied > 0)
    let other = try await ReplayStore.open(restored)
    #expect(try await other.export(key) == store.export(key))
    try await other.close()
    try await store.close()
  }
}
