internal import Logging
internal import SegmentFiles

/// The thread of the writing process that merges, promotes and trains. Apart from the one that flushes: a promotion may
/// take minutes, and journals do not wait for it.
final class MaintenanceThread: Sendable {
  private struct State {
    var isStopping = false
    /// Something has to be let go now.
    var isPressed = false
  }

  private let maintenance: Maintenance
  private let monitor = Monitor(State())
  private let thread = OwnedThread()

  /// How often it looks whether something is due, nanoseconds.
  static let interval: UInt64 = 60_000_000_000
  /// How often copies of dictionaries are checked throughout, nanoseconds.
  static let thoroughInterval: UInt64 = 86_400_000_000_000

  /// How long it waits where something should go and nothing may, nanoseconds.
  static let pause: UInt64 = 15_000_000_000

  init(_ maintenance: Maintenance) {
    self.maintenance = maintenance
    thread.start("segment-maintain", niceness: 15) { [self] in run() }
  }

  /// Has sessions let go at once where a budget asks for it.
  func press() {
    monitor.withLock { $0.isPressed = true }
    monitor.signal()
  }

  /// Ends the thread; a job it is in stops within a block. Blocks; called once.
  func stop() {
    monitor.withLock { $0.isStopping = true }
    monitor.broadcast()
    thread.join()
  }

  private func run() {
    let control = MaintenanceControl(isCancelled: { [monitor] in monitor.withLock { $0.isStopping } })
    let clock = maintenance.core.environment.clock
    var nextThorough: UInt64 = 0
    var nextPress: UInt64 = 0
    var nextRun = clock.monotonic() + Self.interval
    while true {
      let (isStopping, isPressed) = monitor.wait(while: { !$0.isStopping && !$0.isPressed }, until: nextRun) {
        state, _ in
        defer { state.isPressed = false }
        return (state.isStopping, state.isPressed)
      }
      if isStopping { return }
      do throws(StoreError) {
        if isPressed {
          // Where nothing may go, looking again each second would only read directories.
          if clock.monotonic() < nextPress { continue }
          let gone = try maintenance.run([.expiry, .budget], control).departures
          if gone.isEmpty { nextPress = clock.monotonic() + Self.pause }
        } else {
          nextRun = clock.monotonic() + Self.interval
          let isThorough = clock.monotonic() >= nextThorough
          _ = try maintenance.run(Set<MaintenanceJob>.all.subtracting([.flush]), isThorough: isThorough, control)
          if isThorough { nextThorough = clock.monotonic() + Self.thoroughInterval }
          maintenance.core.settleRoom()
        }
      } catch {
        // Another process does it, or this one is about to end.
        if error.code == .locked || error.code == .cancelled { continue }
        maintenance.core.logger?.error("maintenance failed; trying again", metadata: ["error": "\(error)"])
      }
    }
  }
}
