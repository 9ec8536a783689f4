/// What is due in a store: a pure function of the catalog, the policy, what was found out besides, and the time.
///
/// In the order in which it is done: expiry, erasure, what a budget asks for, flush, dictionaries, promotion, settlement,
/// merging. Figures are what is known beforehand; each job looks again when its turn comes.
enum MaintenancePlan {
  /// What the plan needs to know and the catalog does not say.
  struct Facts {
    /// Packs whose day has come and that go whole, or but for what is held.
    var expiry = Expiry.Plan()
    /// The clock is not believed.
    var clockError: StoreError?
    var eviction: [EvictionPlan.Candidate] = []
    var promotion: Compactor.PromotionPlan?
    var settlement: PackFacts?
    var trainings: [(project: String, reason: TrainingNeed.Reason)] = []
    var unusedDictionaries = 0
  }

  static func jobs(
    _ state: CatalogState, _ policy: Policy, _ facts: Facts, _ configuration: Configuration,
    _ jobs: Set<MaintenanceJob>
  ) -> [MaintenanceReport.Plan] {
    MaintenanceJob.allCases.filter(jobs.contains).flatMap { job -> [MaintenanceReport.Plan] in
      switch job {
      case .expiry: expiry(facts)
      case .erasure: erasure(state)
      case .budget: budget(facts)
      case .flush: flush(state)
      case .promotion: promotion(facts, policy) + settlement(facts)
      case .merge: merges(state, policy, configuration)
      case .dictionaries: dictionaries(facts)
      }
    }
  }

  private static func expiry(_ facts: Facts) -> [MaintenanceReport.Plan] {
    if let error = facts.clockError { return [.init(job: .expiry, reason: error.message)] }
    var plans: [MaintenanceReport.Plan] = []
    if !facts.expiry.whole.isEmpty {
      plans.append(
        .init(
          job: .expiry, reason: "their day has come", packs: facts.expiry.whole.count,
          sessions: Int(clamping: facts.expiry.whole.reduce(0) { $0 + $1.liveSegments }),
          bytesFreed: facts.expiry.whole.reduce(0) { $0 + $1.liveBytes }))
    }
    if !facts.expiry.partial.isEmpty {
      plans.append(
        .init(
          job: .expiry, reason: "their day has come but for sessions that are pinned or have a later part",
          packs: facts.expiry.partial.count, bytesFreed: facts.expiry.partial.reduce(0) { $0 + $1.liveBytes }))
    }
    return plans
  }

  private static func erasure(_ state: CatalogState) -> [MaintenanceReport.Plan] {
    state.destructions.map { destruction in
      let bytes =
        destruction.packs.reduce(0) { $0 + $1.patch.bytes } + destruction.journals.reduce(0) { $0 + $1.patch.bytes }
      return .init(
        job: .erasure, reason: "begun and not ended", packs: destruction.packs.count,
        sessions: Int(clamping: destruction.packs.reduce(0) { $0 + $1.erased.segments }), bytesWritten: bytes,
        bytesFreed: bytes)
    }
  }

  private static func budget(_ facts: Facts) -> [MaintenanceReport.Plan] {
    if facts.eviction.isEmpty { return [] }
    let bytes = facts.eviction.reduce(0) { $0 + $1.bytes }
    let packs = Set(facts.eviction.flatMap { $0.segments.map(\.pack) }).count
    return [
      .init(
        job: .budget, reason: "a budget, or the floor of free space", packs: packs, sessions: facts.eviction.count,
        bytesWritten: bytes, bytesFreed: bytes)
    ]
  }

  private static func flush(_ state: CatalogState) -> [MaintenanceReport.Plan] {
    if state.journals.isEmpty { return [] }
    let bytes = state.journals.reduce(0) { $0 + ($1.sealedEnd ?? 0) }
    let count = state.journals.count
    return [
      .init(
        job: .flush, reason: "\(count) \(count == 1 ? "journal" : "journals") to put into packs", bytesRead: bytes)
    ]
  }

  private static func promotion(_ facts: Facts, _ policy: Policy) -> [MaintenanceReport.Plan] {
    guard let plan = facts.promotion else { return [] }
    let dropped = plan.dropped == 0 ? "" : ", \(plan.dropped) of them left out by the policy"
    return [
      .init(
        job: .promotion, reason: "over, and their recent window is past\(dropped)", packs: plan.packs.count,
        sessions: plan.sessions, bytesRead: plan.packs.reduce(0) { $0 + $1.liveBytes } - plan.droppedBytes,
        bytesWritten: plan.packs.reduce(0) { $0 + $1.liveStoredBytes } - plan.droppedBytes,
        bytesFreed: plan.droppedBytes)
    ]
  }

  private static func settlement(_ facts: Facts) -> [MaintenanceReport.Plan] {
    guard let pack = facts.settlement else { return [] }
    return [
      .init(
        job: .promotion, reason: "pinned, or no longer: sessions belong elsewhere", packs: 1,
        sessions: Int(clamping: pack.liveSegments), bytesRead: pack.liveBytes, bytesWritten: pack.liveBytes)
    ]
  }

  private static func merges(
    _ state: CatalogState, _ policy: Policy, _ configuration: Configuration
  ) -> [MaintenanceReport.Plan] {
    var left = state.packs.filter { !state.isBeingDestroyed($0.id) }
    var plans: [MaintenanceReport.Plan] = []
    while let chosen = MergePlan.next(
      left, packBytes: MergePlan.packBytes(configuration, policy), span: MergePlan.span(configuration))
    {
      let names = Set(chosen.map(\.id))
      left.removeAll { names.contains($0.id) }
      let bytes = chosen.reduce(0) { $0 + $1.liveBytes }
      plans.append(
        .init(
          job: .merge, reason: "small packs that share their fate", packs: chosen.count,
          sessions: Int(clamping: chosen.reduce(0) { $0 + $1.liveSegments }), bytesRead: bytes, bytesWritten: bytes))
    }
    return plans
  }

  private static func dictionaries(_ facts: Facts) -> [MaintenanceReport.Plan] {
    var plans = facts.trainings.map { need in
      MaintenanceReport.Plan(
        job: .dictionaries, reason: "project \(need.project) is to be trained: \(need.reason.rawValue)")
    }
    if facts.unusedDictionaries > 0 {
      plans.append(.init(job: .dictionaries, reason: "\(facts.unusedDictionaries) that nothing uses any longer"))
    }
    return plans
  }
}
