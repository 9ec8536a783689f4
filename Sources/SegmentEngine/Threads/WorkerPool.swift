internal import DequeModule
internal import SegmentFiles

/// A few threads on which blocking calls run for asynchronous callers.
final class WorkerPool: Sendable {
  private struct State {
    var jobs: Deque<@Sendable () -> Void> = []
    var isStopping = false
  }

  private let monitor: Monitor<State>
  private let threads: Lock<[EngineThread]>

  init(threads count: Int, name: String) {
    let monitor = Monitor(State())
    self.monitor = monitor
    threads = Lock((0..<max(1, count)).map { index in EngineThread("\(name)-\(index)") { Self.work(monitor) } })
  }

  /// Runs `body` on one of the threads; jobs start in the order they came. Once called, it runs whatever becomes of the
  /// caller's task.
  func run<Result: Sendable>(
    _ body: @escaping @Sendable () throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    let outcome = await withCheckedContinuation {
      (waiting: CheckedContinuation<Swift.Result<Result, StoreError>, Never>) in
      let accepted = monitor.withLock { state -> Bool in
        if state.isStopping { return false }
        state.jobs.append {
          do throws(StoreError) { waiting.resume(returning: .success(try body())) } catch {
            waiting.resume(returning: .failure(error))
          }
        }
        return true
      }
      if accepted { monitor.signal() } else { waiting.resume(returning: .failure(.handleClosed)) }
    }
    return try outcome.get()
  }

  /// Runs `body` on one of the threads, in its turn; nobody waits for it.
  func start(_ body: @escaping @Sendable () -> Void) {
    let accepted = monitor.withLock { state -> Bool in
      if state.isStopping { return false }
      state.jobs.append(body)
      return true
    }
    if accepted { monitor.signal() }
  }

  /// Runs what waits, then ends the threads. Blocks; called once, not from one of the threads.
  func stop() {
    monitor.withLock { $0.isStopping = true }
    monitor.broadcast()
    for thread in threads.withLock({ threads in
      defer { threads = [] }
      return threads
    }) { thread.join() }
  }

  private static func work(_ monitor: Monitor<State>) {
    while true {
      let job = monitor.wait(while: { $0.jobs.isEmpty && !$0.isStopping }) { state in
        state.jobs.popFirst()
      }
      guard let job else { return }
      job()
    }
  }
}

extension StoreError {
  static var handleClosed: StoreError { StoreError(.closed, "the store handle is closed; open the store again") }
}
