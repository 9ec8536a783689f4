internal import Logging
internal import SegmentFiles

/// The thread of the writing process that merges, promotes and trains. Apart from the one that flushes: a promotion may take
/// minutes, and journals do not wait for it.
final class CompactingThread: Sendable {
  private struct State {
    var isStopping = false
  }

  private let compactor: Compactor
  private let monitor = Monitor(State())
  private let thread = Lock<EngineThread?>(nil)

  /// How often it looks whether something is due, nanoseconds.
  static let interval: UInt64 = 60_000_000_000

  init(_ compactor: Compactor) {
    self.compactor = compactor
    thread.withLock { $0 = EngineThread("segment-compact", niceness: 15) { [self] in run() } }
  }

  /// Ends the thread; a job it is in stops within a block. Blocks; called once.
  func stop() {
    monitor.withLock { $0.isStopping = true }
    monitor.broadcast()
    thread.withLock { thread -> EngineThread? in
      defer { thread = nil }
      return thread
    }?.join()
  }

  private func run() {
    let control = MaintenanceControl(isCancelled: { [monitor] in monitor.withLock { $0.isStopping } })
    while true {
      let deadline = compactor.core.environment.clock.monotonic() + Self.interval
      let isStopping = monitor.wait(while: { !$0.isStopping }, until: deadline) { state, _ in state.isStopping }
      if isStopping { return }
      do throws(StoreError) {
        _ = try compactor.run([.dictionaries, .promotion, .merge], control)
      } catch {
        // Another process does it, or this one is about to end.
        if error.code == .locked || error.code == .cancelled { continue }
        compactor.core.logger?.error("maintenance failed; trying again", metadata: ["error": "\(error)"])
      }
    }
  }
}
