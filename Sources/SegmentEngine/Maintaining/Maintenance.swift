internal import Logging
internal import SegmentFiles

/// What looks after a store: flushing excepted, all that is done under the maintenance lock. In the writing process or
/// beside it; one job at a time in a store.
final class Maintenance: Sendable {
  let core: StoreCore
  let compactor: Compactor
  private let sums = ProjectSums()
  private let projects = ProjectBytes()
  /// One job at a time in this process.
  private let turn = Lock<Void>(())

  init(_ core: StoreCore) {
    self.core = core
    compactor = Compactor(core)
  }

  /// Does all that is due of some kinds of maintenance, the flush excepted, in the order of `MaintenanceJob`. Blocks,
  /// perhaps for long.
  ///
  /// With `isThorough` the copies of dictionaries are read and checked throughout, else only looked for. With `isForced`
  /// sessions expire though the clock is far ahead; with `isStrict` an unbelievable clock is an error and not only
  /// logged. Throws `.locked` where another process does maintenance; `.cancelled` where `control` says so, with all
  /// that was committed before in force; `.clockAhead`.
  func run(
    _ jobs: Set<MaintenanceJob>, isThorough: Bool = true, isForced: Bool = false, isStrict: Bool = false,
    _ control: MaintenanceControl
  ) throws(StoreError) -> MaintenanceReport {
    let control = control.paced(
      UInt64(max(0, core.configuration.maintenanceBytesPerSecond)), core.environment.clock)
    return try exclusively { () throws(StoreError) in
      var report = MaintenanceReport()
      let jobs = try believable(jobs, isForced: isForced, isStrict: isStrict)
      if jobs.contains(.expiry), let gone = try Expiry(core: core).run(control) { report.departures.append(gone) }
      if jobs.contains(.erasure) {
        report.erasuresEnded = try core.carryOutDestructions(control)
        try core.endErasures()
      }
      if jobs.contains(.budget) { try evict(control, &report) }
      if jobs.contains(.expiry) { try tidy() }
      // Before what follows, so that new blocks have the newest dictionary.
      if jobs.contains(.dictionaries) {
        report.copiesRestored = try DictionaryCare(core: core).restoreCopies(isThorough: isThorough)
        if core.configuration.trainsDictionaries { report.trainings = try train(control) }
      }
      if jobs.contains(.promotion) {
        while let done = try compactor.promoteOnce(control) {
          report.rewrites.append(done)
          try core.refreshAll()
          if jobs.contains(.budget) { try evict(control, &report) }
        }
        while let done = try compactor.settleOnce(control) {
          report.rewrites.append(done)
          try core.refreshAll()
        }
      }
      if jobs.contains(.merge) {
        while let done = try compactor.mergeOnce(control) {
          report.rewrites.append(done)
          try core.refreshAll()
          if jobs.contains(.budget) { try evict(control, &report) }
        }
      }
      if jobs.contains(.dictionaries) { report.dictionariesRemoved = try DictionaryCare(core: core).collect() }
      return report
    }
  }

  /// The jobs that may be done at what the clock says: none that lets sessions go, or decides on them, by a clock that
  /// stands far past everything in the store.
  private func believable(
    _ jobs: Set<MaintenanceJob>, isForced: Bool, isStrict: Bool
  ) throws(StoreError) -> Set<MaintenanceJob> {
    if isForced { return jobs }
    do throws(StoreError) {
      try Expiry.checkClock(core.catalog.state, core.environment.clock.now())
      return jobs
    } catch {
      if isStrict { throw error }
      core.logger?.warning("sessions are neither let go nor decided on", metadata: ["error": "\(error)"])
      return jobs.subtracting([.expiry, .budget, .promotion])
    }
  }

  private func evict(_ control: MaintenanceControl, _ report: inout MaintenanceReport) throws(StoreError) {
    if let gone = try Eviction(core: core, projects: projects).run(control) { report.departures.append(gone) }
  }

  private func tidy() throws(StoreError) {
    try CatalogTidying(core: core).run()
    do throws(StoreError) { _ = try GoneLists(core: core).tidy() } catch {
      // It can wait; what makes room cannot.
      guard error.code == .diskFull else { throw error }
    }
  }

  /// Waits until no job of this process is under way. Blocks.
  func waitUntilIdle() { turn.withLock { _ in } }

  /// Runs something under the maintenance lock, with the store as it is now. Throws `.locked` where another process has it.
  func exclusively<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
    try turn.withLock { (_) throws(StoreError) in
      let lock = try HeldLock.take(
        core.layout.maintenanceLock, for: "maintenance", core.environment, core.layout)
      defer { lock.release() }
      try core.refreshAll()
      try core.readIndex()
      return try body()
    }
  }

  /// Trains the dictionaries that need it.
  private func train(_ control: MaintenanceControl) throws(StoreError) -> [TrainingReport] {
    var reports: [TrainingReport] = []
    for need in core.trainingNeeds(sums) {
      let run = DictionaryTrainingRun(core: core, project: need.project, options: .init(), control: control)
      let report = try run.run()
      core.logger?.info(
        "a dictionary was trained",
        metadata: [
          "project": "\(need.project)", "why": "\(need.reason)", "outcome": "\(report.outcome)",
          "sessions": "\(report.sessions)", "bytes": "\(report.sampledBytes)",
        ])
      reports.append(report)
    }
    return reports
  }

  /// What is due, without doing anything.
  func plan(_ jobs: Set<MaintenanceJob>) throws(StoreError) -> MaintenanceReport {
    try core.refreshAll()
    try core.readIndex()
    let state = core.contents.withLock { $0.catalog }
    let (policy, now) = (core.policy(of: state), core.environment.clock.now())
    var facts = MaintenancePlan.Facts()
    if jobs.contains(.expiry) {
      let expiry = Expiry(core: core)
      facts.expiry = try expiry.plan(state, now)
      do throws(StoreError) { try Expiry.checkClock(state, now) } catch { facts.clockError = error }
    }
    if jobs.contains(.budget) {
      let eviction = Eviction(core: core, projects: projects)
      facts.eviction = try eviction.plan(try eviction.need())
    }
    if jobs.contains(.promotion) {
      facts.promotion = try compactor.nextPromotion()
      facts.settlement = try compactor.nextSettlement(
        state, now, Sampling(policy, storeSalt: state.samplingSalt))
    }
    if jobs.contains(.dictionaries) {
      if core.configuration.trainsDictionaries { facts.trainings = core.trainingNeeds(sums) }
      facts.unusedDictionaries = DictionaryCare.unused(state).count
    }
    var report = MaintenanceReport()
    report.plan = MaintenancePlan.jobs(state, policy, facts, core.configuration, jobs)
    return report
  }
}
