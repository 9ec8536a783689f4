import SegmentEngine

/// Appends recordings to a store.
struct Importer: Sendable {
  /// How many recordings are under way at once: enough for waiting appends to share the disk's syncs.
  static let width = 16

  /// With event times only, pauses over this are left out of a replay, in milliseconds.
  static let longestPause = 600_000.0

  var store: ReplayStore
  var validation = Validation.rejectBatch
  var origin = Origin.imported
  /// Whether sessions are finished when they are stored.
  var finishes = true
  /// How many times faster than recorded; nil for as fast as it goes.
  var rate: Double?
  var progress: Progress

  /// Appends all, and hands over what became of them in their order. Ends early where the store takes nothing more.
  func run(_ plans: [ImportPlan], _ report: (ImportOutcome) throws -> Void) async throws {
    try await withThrowingTaskGroup(of: (Int, ImportOutcome).self) { group in
      var started = 0
      var told = 0
      var waiting: [Int: ImportOutcome] = [:]
      var isOver = false
      func start() {
        guard started < plans.count, !isOver else { return }
        let (index, plan) = (started, plans[started])
        started += 1
        group.addTask { (index, await run(plan)) }
      }
      for _ in 0..<Self.width { start() }
      while let (index, outcome) = try await group.next() {
        waiting[index] = outcome
        if outcome.isFatal, !isOver {
          isOver = true
          group.cancelAll()
        }
        while let next = waiting.removeValue(forKey: told) {
          told += 1
          try report(next)
        }
        start()
      }
    }
  }

  /// Appends one recording. Reads files where it runs: the tool has nothing else to do on these threads.
  func run(_ plan: ImportPlan) async -> ImportOutcome {
    var outcome = ImportOutcome(plan.key)
    do {
      // Until a file is opened its own size stands for what it holds.
      var source = try plan.open(isTimed: rate != nil) { progress.expect($0, insteadOf: $1) }
      var pace = rate.map { Pace(rate: $0, longestStep: plan.list == nil ? Self.longestPause : .infinity) }
      let start = ContinuousClock.now
      var upcoming = try source.next()
      if upcoming == nil { throw Failure(.failed, "no events in \(plan.files.map(\.path).joined(separator: ", "))") }
      while let batch = upcoming {
        if let due = pace?.due(batch.time) {
          try await Task.sleep(until: start + .milliseconds(due), clock: .continuous)
        }
        upcoming = try source.next()
        // Waiting once for the disk is enough: syncing the last batch syncs those before it.
        let receipt = try await store.append(
          batch.bytes, to: plan.key, window: batch.window, batchID: batch.id, visitor: plan.visitor,
          validation: validation, durability: upcoming == nil ? .synced : .buffered, origin: origin)
        outcome.add(batch, receipt)
        progress.add(batch.bytes.count)
      }
      outcome.linesLeftOut = source.linesLeftOut
      try await finish(&outcome)
    } catch {
      outcome.fail(error)
    }
    return outcome
  }

  private func finish(_ outcome: inout ImportOutcome) async throws {
    guard finishes, let summary = try await store.summary(of: outcome.key) else { return }
    // Repeating an import changes nothing, not even the time of finishing.
    if outcome.batches > 0 || summary.finished == nil { try await store.finish(outcome.key) }
    outcome.isFinished = true
  }
}
