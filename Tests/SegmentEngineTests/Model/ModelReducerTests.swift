import Testing

/// What makes failures readable must itself be known to work.
@Suite struct ModelReducerTests {
  @Test(.enabled(if: ModelTests.runs > 0)) func aPlantedFailureIsFoundAndCutDownToTheFewOperationsThatShowIt() throws {
    var plan = ModelPlan(seed: 3)
    var run = ModelRun(seed: 3, plan.operations(250))
    #expect(run.difference() == nil)
    run.isForgetful = true
    let found = try #require(run.difference())
    #expect(found.contains("tags is"))
    let short = run.reduced()
    // A session, a tag of it, and a reopening.
    #expect(short.count == 3, "\(short)")
    #expect(run.with(short).difference() != nil)
    let kinds = short.map { "\($0)".prefix { $0 != "(" } }
    #expect(kinds.contains(".tag") && kinds.contains(".reopen"), "\(short)")
  }

  @Test func theReducerKeepsOnlyWhatTheFailureNeedsAndInItsOrder() {
    let all = (0..<100).map { ModelOperation.append(slot: $0, events: 1, seed: 0, isSynced: true, isNamed: true) }
    let short = ModelReducer().reduce(all) { tried in
      tried.contains(all[7]) && tried.contains(all[61]) && tried.contains(all[62])
    }
    #expect(short == [all[7], all[61], all[62]])
  }

  @Test func operationsArePrintedAsTheSourceThatMakesThem() {
    #expect(
      "\(ModelOperation.append(slot: 1, events: 2, seed: 3, isSynced: true, isNamed: false))"
        == ".append(slot: 1, events: 2, seed: 3, isSynced: true, isNamed: false)")
    #expect("\(ModelOperation.restore(moves: true))" == ".restore(moves: true)")
    #expect("\(ModelOperation.policy(4))" == ".policy(4)")
    #expect("\(ModelOperation.flush)" == ".flush")
  }

  @Test func aSeedMakesTheSameOperationsEachTime() {
    var first = ModelPlan(seed: 9)
    var second = ModelPlan(seed: 9)
    var other = ModelPlan(seed: 10)
    let operations = first.operations(300)
    #expect(operations == second.operations(300))
    #expect(operations != other.operations(300))
  }
}
