internal import Logging
internal import SegmentFiles

/// The thread of the writing process that flushes journals when that is due or asked for, and tells the gate when too many
/// wait.
final class FlushingThread: Sendable {
  private struct State {
    var isWoken = false
    var hasErasures = false
    var isStopping = false
  }

  private let writer: StoreWriter
  private let gate: AdmissionGate
  private let monitor: Monitor<State>
  private let thread = OwnedThread()

  /// How long to wait after a flush that failed, nanoseconds.
  static let retryDelay: UInt64 = 5_000_000_000

  init(_ writer: StoreWriter, _ gate: AdmissionGate) {
    self.writer = writer
    self.gate = gate
    monitor = Monitor(State())
    // Also where nothing happens by itself: another process may ask for a flush.
    thread.start("segment-flush", niceness: 10) { [self] in run() }
    if writer.configuration.maintainsItself, writer.isFlushDue { wake() }
  }

  /// Called when a flush is due or asked for.
  func wake() {
    holdIfNeeded()
    monitor.withLock { $0.isWoken = true }
    monitor.signal()
  }

  /// Called when other processes erased sessions of which journals may hold something.
  func erase() {
    monitor.withLock { $0.hasErasures = true }
    monitor.signal()
  }

  /// Ends the thread after the flush it is in; one that has not begun is left to the next opening. Blocks; called once.
  func stop() {
    monitor.withLock { $0.isStopping = true }
    monitor.broadcast()
    thread.join()
  }

  private func holdIfNeeded() {
    gate.hold(
      writer.configuration.maintainsItself && writer.waitingJournals > writer.configuration.limits.waitingJournals)
  }

  /// Returns when a flush should begin; false where the thread is to end instead.
  private func awaitPause() -> Bool {
    var pause = FlushPause()
    let limit = writer.configuration.limits.waitingJournals
    while !pause.isOver(groups: writer.groups.withLock { $0 }, waiting: writer.waitingJournals, limit: limit) {
      let next = writer.environment.clock.monotonic() + FlushPause.interval
      let (stop, erases) = monitor.wait(while: { !$0.isStopping && !$0.hasErasures }, until: next) { state, _ in
        (state.isStopping, state.hasErasures)
      }
      if stop { return false }
      // A flush begins with what was erased.
      if erases { break }
    }
    return true
  }

  private func run() {
    while true {
      let (stop, flushes) = monitor.wait(while: { !$0.isWoken && !$0.hasErasures && !$0.isStopping }) {
        state -> (Bool, Bool) in
        defer {
          state.isWoken = false
          state.hasErasures = false
        }
        return (state.isStopping, state.isWoken)
      }
      if stop || flushes && !awaitPause() { return }
      do { if flushes { try writer.flush() } else { try writer.applyErasures() } } catch {
        writer.core.logger?.error("flushing failed; trying again", metadata: ["error": "\(error)"])
        let deadline = writer.environment.clock.monotonic() + Self.retryDelay
        monitor.wait(while: { !$0.isStopping }, until: deadline) { state, _ in state.isWoken = true }
      }
      holdIfNeeded()
    }
  }
}
