import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

@Suite("What is due follows from the catalog, the policy, what was found out, and the time alone")
struct PlanTests {
  private var state: CatalogState {
    get throws {
      var state = CatalogState(store: Identifier(high: 1, low: 2))
      state.commit = 7
      for number in UInt64(1)...9 { try state.apply(.addPack(.sample(number, bytes: 40_000))) }
      try state.apply(.addJournal(id: Identifier(high: 5, low: 5), ordinal: 10, epoch: 1, created: 1))
      try state.apply(.sealJournal(id: Identifier(high: 5, low: 5), end: 9_000, damaged: false))
      try state.apply(.destroy(CodecSamples.destruction))
      return state
    }
  }

  private func facts(_ state: CatalogState) -> MaintenancePlan.Facts {
    var facts = MaintenancePlan.Facts()
    facts.expiry.whole = [state.packs[0]]
    facts.promotion = Compactor.PromotionPlan(
      rule: PromotionRule(now: 0, Configuration()), packs: [state.packs[1]], names: [], sessions: 5, dueBytes: 900,
      dropped: 2,
      droppedBytes: 300)
    facts.settlement = state.packs[2]
    facts.trainings = [("shop", .first)]
    facts.unusedDictionaries = 1
    return facts
  }

  @Test("Expiry first, then erasure, flush, dictionaries, promotion and merging; each with its reason and its bytes")
  func order() throws {
    let state = try state
    let plan = MaintenancePlan.jobs(state, .keepAll, facts(state), Configuration(), .all)
    #expect(
      plan.map(\.job) == [.expiry, .erasure, .flush, .dictionaries, .dictionaries, .promotion, .promotion, .merge])
    #expect(plan[0].bytesFreed == 40_000 && plan[0].packs == 1)
    #expect(plan[2].bytesRead == 9_000)
    #expect(plan[5].reason.contains("2 of them left out") && plan[5].bytesFreed == 300)
    #expect(plan[7].packs == 9 && plan[7].bytesRead == 360_000)
    #expect(plan.allSatisfy { !$0.reason.isEmpty })
    // The same again, whatever the clock of the machine says.
    #expect(MaintenancePlan.jobs(state, .keepAll, facts(state), Configuration(), .all) == plan)
    let some = MaintenancePlan.jobs(state, .keepAll, facts(state), Configuration(), [.merge, .expiry])
    #expect(some == [plan[0], plan[7]])
  }

  @Test("A clock that is not believed is told in the place of what would go")
  func clock() throws {
    let state = try state
    var facts = facts(state)
    facts.clockError = StoreError(.clockAhead, "the clock is ahead")
    let plan = MaintenancePlan.jobs(state, .keepAll, facts, Configuration(), [.expiry])
    #expect(plan.map(\.reason) == ["the clock is ahead"] && plan[0].packs == 0)
  }

  @Test("With nothing due there is nothing in it")
  func nothing() {
    let state = CatalogState(store: Identifier(high: 1, low: 2))
    #expect(MaintenancePlan.jobs(state, .sampled, .init(), Configuration(), .all).isEmpty)
  }

  @Test("Work that is paced never runs ahead of its bytes, and ends when it is stopped")
  func pace() {
    let clock = SystemClock()
    let start = clock.monotonic()
    let control = MaintenanceControl().paced(10_000_000, clock)
    for _ in 0..<30 { control.advance(100_000) }
    // 3 MB at 10 MB/s, less what may be caught up at once: a bound from below, which no load can break.
    #expect(clock.monotonic() - start >= 180_000_000)
    let stopped = MaintenanceControl(isCancelled: { true }).paced(1, clock)
    stopped.advance(1 << 40)
    #expect(MaintenanceControl().paced(0, clock).isCancelled() == false)
  }
}
