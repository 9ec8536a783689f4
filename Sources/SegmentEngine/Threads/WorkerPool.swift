internal import DequeModule
internal import SegmentFiles

/// A few threads on which blocking calls run for asynchronous callers.
final class WorkerPool: Sendable {
  private struct State {
    var jobs: Deque<@Sendable () -> Void> = []
    /// Threads that run no job: they wait for one, or are on their way to it.
    var idle = 0
    var threads: [EngineThread] = []
    var isStopping = false
  }

  private let monitor = Monitor(State())
  private let limit: Int
  private let name: String

  /// Threads are started one by one, as jobs find all others busy.
  init(threads limit: Int, name: String) {
    self.limit = max(1, limit)
    self.name = name
  }

  /// Runs `body` on one of the threads; jobs start in the order they came. Once called, it runs whatever becomes of the
  /// caller's task.
  func run<Result: Sendable>(
    _ body: @escaping @Sendable () throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    let outcome = await withCheckedContinuation {
      (waiting: CheckedContinuation<Swift.Result<Result, StoreError>, Never>) in
      let accepted = enqueue {
        do throws(StoreError) { waiting.resume(returning: .success(try body())) } catch {
          waiting.resume(returning: .failure(error))
        }
      }
      if !accepted { waiting.resume(returning: .failure(.handleClosed)) }
    }
    return try outcome.get()
  }

  /// Runs `body` on one of the threads, in its turn; nobody waits for it.
  func start(_ body: @escaping @Sendable () -> Void) { _ = enqueue(body) }

  /// False where the pool was told to stop.
  private func enqueue(_ job: @escaping @Sendable () -> Void) -> Bool {
    let accepted = monitor.withLock { state -> Bool in
      if state.isStopping { return false }
      state.jobs.append(job)
      if state.jobs.count > state.idle, state.threads.count < limit {
        state.idle += 1
        state.threads.append(EngineThread("\(name)-\(state.threads.count)") { [monitor] in Self.work(monitor) })
      }
      return true
    }
    if accepted { monitor.signal() }
    return accepted
  }

  /// Runs what waits, then ends the threads. Blocks; called once, not from one of the threads.
  func stop() {
    let threads = monitor.withLock { state -> [EngineThread] in
      state.isStopping = true
      defer { state.threads = [] }
      return state.threads
    }
    monitor.broadcast()
    for thread in threads { thread.join() }
  }

  private static func work(_ monitor: Monitor<State>) {
    while true {
      let job = monitor.wait(while: { $0.jobs.isEmpty && !$0.isStopping }) { state in
        state.idle -= 1
        return state.jobs.popFirst()
      }
      guard let job else { return }
      job()
      monitor.withLock { $0.idle += 1 }
    }
  }
}

extension StoreError {
  static var handleClosed: StoreError { StoreError(.closed, "the store handle is closed; open the store again") }
}
