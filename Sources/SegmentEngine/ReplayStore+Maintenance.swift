internal import SegmentFiles

extension ReplayStore {
  /// Does the maintenance that is due, in the order of `MaintenanceJob`: lets expire what has to, ends erasures, keeps
  /// budgets, flushes, lets the policy decide on sessions that are over, merges small packs, looks after dictionaries.
  ///
  /// A writing process does all this by itself, unless `Configuration.maintainsItself` is off. From a handle opened with
  /// `.maintenance` it may be called beside one. `progress` is told of the bytes of packs read so far.
  ///
  /// Each job is committed by itself; who cancels the task keeps what was done. With `dryRun` nothing is changed, and
  /// `MaintenanceReport.plan` says what would be done. With `isForced` sessions expire though the clock stands more than 7
  /// days past everything in the store.
  ///
  /// Throws `.locked` where another process does maintenance, `.clockAhead` where expiry alone was asked for, `.cancelled`,
  /// `.diskFull`, `.wrongMode`, `.closed`.
  @discardableResult
  public func maintain(
    _ jobs: Set<MaintenanceJob> = .all, dryRun: Bool = false, isForced: Bool = false,
    progress: (@Sendable (_ bytesRead: UInt64) -> Void)? = nil
  ) async throws(StoreError) -> MaintenanceReport {
    let maintenance = try requireMaintenance()
    if dryRun { return try await work { (_) throws(StoreError) in try maintenance.plan(jobs) } }
    let freeing: Set<MaintenanceJob> = [.expiry, .erasure, .budget]
    var report = MaintenanceReport()
    for (place, part) in [jobs.intersection(freeing), jobs.subtracting(freeing)].enumerated() {
      if place == 1, part.contains(.flush) { try await flush() }
      let others = part.subtracting([.flush])
      if others.isEmpty { continue }
      report.add(
        try await work(progress) { (control) throws(StoreError) in
          try maintenance.run(others, isForced: isForced, isStrict: jobs == [.expiry], control)
        })
    }
    if freeing.isSubset(of: jobs), mode == .maintenance || writing != nil {
      try await work { (_) throws(StoreError) in maintenance.core.settleRoom() }
    }
    return report
  }

  /// Trains a dictionary for a project on its packed sessions, and puts it in force where it saves more than it takes up.
  ///
  /// Takes about a second for 100 MB of NDJSON, and as long again to measure. Throws like `maintain`.
  public func trainDictionary(
    project: String, options: DictionaryTraining = .init()
  ) async throws(StoreError) -> TrainingReport {
    let maintenance = try requireMaintenance()
    try Names.check(project: project)
    return try await work { (control) throws(StoreError) in
      try maintenance.exclusively { () throws(StoreError) in
        try DictionaryTrainingRun(core: maintenance.core, project: project, options: options, control: control).run()
      }
    }
  }

  /// What the packed sessions of a project weigh with no dictionary, the one in force, and others; nothing is changed.
  /// `levels` are those of the archive to try, 1 to 22; none: the configured one. Throws `.notFound` where the project has
  /// no packed sessions, `.invalidArgument`.
  public func evaluateDictionaries(
    project: String, options: DictionaryTraining = .init(), levels: [Int] = []
  ) async throws(StoreError) -> DictionaryEvaluation {
    try requireOpen()
    try Names.check(project: project)
    guard levels.allSatisfy((1...22).contains) else {
      throw StoreError(.invalidArgument, "zstd levels go from 1 to 22; \(levels) were asked for")
    }
    let core = self.core
    return try await work { (control) throws(StoreError) in
      try core.refreshAll()
      return try DictionaryEvaluationRun(
        core: core, project: project, options: options, levels: levels, control: control
      )
      .run()
    }
  }

  /// Compresses everything anew that uses a dictionary, then destroys it. Throws `.notFound`, and like `maintain`.
  @discardableResult
  public func retireDictionary(
    _ id: DictionaryID, progress: (@Sendable (_ bytesRead: UInt64) -> Void)? = nil
  ) async throws(StoreError) -> MaintenanceReport {
    let maintenance = try requireMaintenance()
    return try await work(progress) { (control) throws(StoreError) in
      try maintenance.exclusively { () throws(StoreError) in
        var report = MaintenanceReport()
        report.rewrites = try maintenance.compactor.retire(id.identifier, control)
        report.dictionariesRemoved = [id]
        return report
      }
    }
  }

  /// The dictionaries of the store, by project and version.
  public func dictionaries() async throws(StoreError) -> [DictionaryInfo] {
    try await read { core in core.dictionaryInfos() }
  }

  func requireMaintenance() throws(StoreError) -> Maintenance {
    try requireOpen()
    if mode == .readOnly {
      throw StoreError(.wrongMode, "a store opened with .readOnly cannot be maintained; open it with .maintenance")
    }
    return maintenance
  }

  /// Runs something that may take minutes on a thread of its own, so that readers need not wait for it.
  func work<Result: Sendable>(
    _ progress: (@Sendable (UInt64) -> Void)? = nil,
    _ body: @escaping @Sendable (MaintenanceControl) throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    let isStopping = self.isStopping
    return try await Self.work(progress, isStopping: { isStopping.withLock { $0 } }, body)
  }

  /// The same for what needs no open store.
  static func work<Result: Sendable>(
    _ progress: (@Sendable (UInt64) -> Void)?, isStopping: @escaping @Sendable () -> Bool = { false },
    _ body: @escaping @Sendable (MaintenanceControl) throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    let isCancelled = Lock(false)
    let bytes = Lock<UInt64>(0)
    let control = MaintenanceControl(
      isCancelled: { isCancelled.withLock { $0 } || isStopping() },
      advance: { more in
        guard let progress else { return }
        progress(
          bytes.withLock { bytes in
            bytes += more
            return bytes
          })
      })
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { (done: CheckedContinuation<Swift.Result<Result, StoreError>, Never>) in
        _ = EngineThread("segment-maintain", niceness: 10) {
          do throws(StoreError) { done.resume(returning: .success(try body(control))) } catch {
            done.resume(returning: .failure(error))
          }
        }
      }
    } onCancel: {
      isCancelled.withLock { $0 = true }
    }
    return try outcome.get()
  }
}
