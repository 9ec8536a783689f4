internal import Logging
internal import SegmentFiles

/// The thread of a process that does not write and watches sessions all the same: it looks, now and then, for what the
/// writing process has stored.
final class TailFollower: Sendable {
  private struct State {
    var isWanted = false
    var isStopping = false
  }

  private let core: StoreCore
  private let monitor = Monitor(State())
  private let thread = OwnedThread()

  /// Milliseconds.
  private static let longestInterval = 86_400_000.0
  /// Failures in a row after which those who wait are told.
  private static let patience = 3

  init(_ core: StoreCore) { self.core = core }

  /// Begins to look; harmless where it does already.
  func start() {
    monitor.withLock { state in
      if state.isWanted || state.isStopping { return }
      state.isWanted = true
      thread.start("segment-follow") { [self] in run() }
    }
  }

  /// Ends the thread. Blocks; called once.
  func stop() {
    monitor.withLock { $0.isStopping = true }
    monitor.broadcast()
    thread.join()
  }

  private func run() {
    let interval = UInt64(min(max(1, core.configuration.followInterval), Self.longestInterval) * 1_000_000)
    var before: [SessionKey: Sight] = [:]
    var failures = 0
    while true {
      let isStopping = monitor.wait(
        while: { !$0.isStopping }, until: core.environment.clock.monotonic() + interval
      ) { state, _ in state.isStopping }
      if isStopping { return }
      let keys = core.tails.watchedKeys
      if keys.isEmpty {
        before = [:]
        continue
      }
      do throws(StoreError) {
        try core.refreshAll()
        let now = look(at: keys)
        core.tails.publish(
          now.filter { before[$0.key] != $0.value }.map { .init(key: $0.key, what: .somethingChanged) })
        core.tails.wake()
        before = now
        failures = 0
      } catch {
        failures += 1
        if failures == 1 { core.logger?.warning("the store could not be looked at", metadata: ["error": "\(error)"]) }
        if failures == Self.patience { core.tails.interrupt(error) }
      }
    }
  }

  /// What tells that a session has changed.
  private struct Sight: Equatable {
    var next: UInt64?
    var finished: Double?
    /// Moved by each commit: what was in a journal that is gone may be in a pack.
    var commits: UInt64
    var generation: UInt64
  }

  private func look(at keys: [SessionKey]) -> [SessionKey: Sight] {
    core.contents.withLock { contents in
      let (commits, generation) = (contents.catalog.commit, contents.catalog.generation)
      return Dictionary(
        uniqueKeysWithValues: keys.map { key in
          let session = contents.live[key]
          return (
            key,
            Sight(
              next: session?.nextSequence, finished: session?.parts.compactMap(\.finished).last, commits: commits,
              generation: generation)
          )
        })
    }
  }
}
