internal import Logging
internal import SegmentFiles

/// The committing thread: takes all that waits, has it committed as one group, wakes those who wait. Also rotates the
/// journal when it is due, syncs `.buffered` batches, and looks every second for what other processes committed.
final class Committer: Sendable {
  private struct Job {
    var pending: PendingCommit
    var done: @Sendable (CommitOutcome) -> Void
  }

  private struct State {
    var jobs: [Job] = []
    /// Callers that wait for the journal to be rotated.
    var rotations: [@Sendable (Result<Void, StoreError>) -> Void] = []
    var isStopping = false
  }

  private let writer: StoreWriter
  private let monitor: Monitor<State>
  private let thread = OwnedThread()
  /// What the committing thread tells the others.
  struct Signals: Sendable {
    /// Journals should be flushed.
    var sealed: @Sendable () -> Void
    /// Other processes erased sessions: the journals hold something of them.
    var erased: @Sendable () -> Void
    /// The store takes more than its budget.
    var pressed: @Sendable () -> Void
  }

  private let signals: Signals

  /// Bytes of one group, about: those who wait longer would wait for the disk as long.
  static let groupBytes = 32 << 20
  /// How often other processes' commits are looked for, nanoseconds.
  static let pollInterval: UInt64 = 1_000_000_000

  /// How often gauges are brought up to date, nanoseconds.
  static let observeInterval: UInt64 = 10_000_000_000

  init(_ writer: StoreWriter, _ signals: Signals) {
    self.writer = writer
    self.signals = signals
    monitor = Monitor(State())
    thread.start("segment-commit") { [self] in run() }
  }

  /// Queues a commit; `done` is called on the committing thread. Returns false where the committer has stopped.
  func submit(_ pending: PendingCommit, _ done: @escaping @Sendable (CommitOutcome) -> Void) -> Bool {
    let accepted = monitor.withLock { state -> Bool in
      if state.isStopping { return false }
      state.jobs.append(Job(pending: pending, done: done))
      return true
    }
    if accepted { monitor.signal() }
    return accepted
  }

  /// Has the journal in use sealed, after what was queued before.
  func rotate(_ done: @escaping @Sendable (Result<Void, StoreError>) -> Void) -> Bool {
    let accepted = monitor.withLock { state -> Bool in
      if state.isStopping { return false }
      state.rotations.append(done)
      return true
    }
    if accepted { monitor.signal() }
    return accepted
  }

  /// Commits what waits and ends the thread. Blocks; called once.
  func stop() {
    monitor.withLock { $0.isStopping = true }
    monitor.broadcast()
    thread.join()
  }

  private func run() {
    var nextPoll = writer.environment.clock.monotonic() + Self.pollInterval
    // After a rotation that failed (a full disk) the next one waits, or this thread would do nothing else.
    var nextRotation: UInt64 = 0
    var nextLook = nextPoll
    while true {
      let deadline = min(nextPoll, max(nextRotation, writer.nextDeadline ?? .max))
      let (jobs, rotations, isStopping) = monitor.wait(
        while: { $0.jobs.isEmpty && $0.rotations.isEmpty && !$0.isStopping }, until: deadline
      ) { state, _ in Self.take(&state) }
      if !jobs.isEmpty { commit(jobs) }
      if writer.environment.clock.monotonic() >= nextPoll {
        poll()
        if writer.environment.clock.monotonic() >= nextLook {
          writer.core.observe()
          nextLook = writer.environment.clock.monotonic() + Self.observeInterval
        }
        nextPoll = writer.environment.clock.monotonic() + Self.pollInterval
      }
      do { try writer.syncBuffered(force: isStopping) } catch {
        writer.core.logger?.critical("buffered batches could not be synced", metadata: ["error": "\(error)"])
      }
      let now = writer.environment.clock.monotonic()
      if !rotations.isEmpty || (writer.configuration.maintainsItself && now >= nextRotation && writer.isRotationDue) {
        if !rotate(rotations) { nextRotation = now + Self.pollInterval }
      }
      if isStopping, jobs.isEmpty, rotations.isEmpty { return }
    }
  }

  /// What the next group consists of: as much as waits, up to `groupBytes`.
  private static func take(_ state: inout State) -> ([Job], [@Sendable (Result<Void, StoreError>) -> Void], Bool) {
    var bytes = 0
    var count = 0
    while count < state.jobs.count, count == 0 || bytes + state.jobs[count].pending.bytes <= groupBytes {
      bytes += state.jobs[count].pending.bytes
      count += 1
    }
    let jobs: [Job]
    if count == state.jobs.count {
      jobs = state.jobs
      state.jobs = []
    } else {
      jobs = Array(state.jobs[..<count])
      state.jobs.removeFirst(count)
    }
    // Rotation comes after all that was queued before it.
    let rotations = state.jobs.isEmpty ? state.rotations : []
    if state.jobs.isEmpty { state.rotations = [] }
    return (jobs, rotations, state.isStopping)
  }

  private func commit(_ jobs: [Job]) {
    let outcomes = writer.commit(jobs.map(\.pending))
    for (job, outcome) in zip(jobs, outcomes) { job.done(outcome) }
    // Behind those who wait for the commit.
    writer.core.tails.wake()
  }

  private func poll() {
    do {
      let found = try writer.poll()
      if found.hasEdits { commit([]) }
      if found.flushRequested { _ = rotate([]) }
      if found.hasErasures { signals.erased() }
      if found.isPressed { signals.pressed() }
      if writer.configuration.maintainsItself, writer.isFlushDue { signals.sealed() }
    } catch {
      writer.core.logger?.warning("the catalog could not be read", metadata: ["error": "\(error)"])
    }
  }

  private func rotate(_ waiting: [@Sendable (Result<Void, StoreError>) -> Void]) -> Bool {
    let result: Result<Void, StoreError>
    do throws(StoreError) {
      try writer.rotate()
      result = .success(())
      signals.sealed()
    } catch {
      result = .failure(error)
      writer.core.logger?.error("the journal could not be sealed", metadata: ["error": "\(error)"])
    }
    for done in waiting { done(result) }
    if case .success = result { return true }
    return false
  }
}
