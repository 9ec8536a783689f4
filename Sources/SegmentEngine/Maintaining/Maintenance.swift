internal import Logging
internal import SegmentFiles

/// What looks after a store: flushing excepted, all that is done under the maintenance lock. In the writing process or beside
/// it; one job at a time in a store.
final class Maintenance: Sendable {
  let core: StoreCore
  let compactor: Compactor
  private let sums = ProjectSums()
  /// One job at a time in this process.
  private let turn = Lock<Void>(())

  init(_ core: StoreCore) {
    self.core = core
    compactor = Compactor(core)
  }

  /// Does all that is due of some kinds of maintenance, the flush excepted. Blocks, perhaps for long.
  ///
  /// With `isThorough` the copies of dictionaries are read and checked throughout, else only looked for. Throws `.locked`
  /// where another process does maintenance; `.cancelled` where `control` says so, with all that was committed before in
  /// force.
  func run(
    _ jobs: Set<MaintenanceJob>, isThorough: Bool = true, _ control: MaintenanceControl
  ) throws(StoreError) -> MaintenanceReport {
    try exclusively { () throws(StoreError) in
      var report = MaintenanceReport()
      if jobs.contains(.dictionaries) {
        report.copiesRestored = try DictionaryCare(core: core).restoreCopies(isThorough: isThorough)
        if core.configuration.trainsDictionaries { report.trainings = try train(control) }
      }
      if jobs.contains(.promotion) {
        while let done = try compactor.promoteOnce(control) {
          report.rewrites.append(done)
          try core.refreshAll()
        }
      }
      if jobs.contains(.merge) {
        while let done = try compactor.mergeOnce(control) {
          report.rewrites.append(done)
          try core.refreshAll()
        }
      }
      if jobs.contains(.dictionaries) { report.dictionariesRemoved = try DictionaryCare(core: core).collect() }
      return report
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

  /// What would be done first, without doing anything.
  func plan(_ jobs: Set<MaintenanceJob>) throws(StoreError) -> MaintenanceReport {
    try core.refreshAll()
    var report = MaintenanceReport()
    if jobs.contains(.promotion), let plan = try compactor.nextPromotion() {
      report.rewrites.append(
        .init(
          kind: .promotion, packsRead: plan.packs.count, packsWritten: 0, sessions: plan.sessions,
          sessionsRecompressed: plan.sessions, rawBytes: plan.packs.reduce(0) { $0 + $1.rawBytes },
          bytesBefore: plan.packs.reduce(0) { $0 + $1.fileBytes }, bytesAfter: 0))
    }
    if jobs.contains(.merge), let packs = compactor.nextMerge() {
      report.rewrites.append(
        .init(
          kind: .merge, packsRead: packs.count, packsWritten: 1, sessions: 0, sessionsRecompressed: 0,
          rawBytes: packs.reduce(0) { $0 + $1.rawBytes }, bytesBefore: packs.reduce(0) { $0 + $1.fileBytes },
          bytesAfter: 0))
    }
    return report
  }
}
