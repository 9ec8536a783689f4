import SegmentFiles

/// A clock that stands still until a test moves it.
package final class ManualClock: EngineClock {
  private struct Times {
    var now: Double
    var monotonic: UInt64
  }

  private let times: Lock<Times>

  /// Starts at `now` milliseconds since 1970; the monotonic clock starts at one second.
  package init(now: Double = 1_700_000_000_000) {
    times = Lock(Times(now: now, monotonic: 1_000_000_000))
  }

  package func now() -> Double {
    times.withLock { $0.now }
  }

  package func monotonic() -> UInt64 {
    times.withLock { $0.monotonic }
  }

  /// Lets time pass on both clocks.
  package func advance(milliseconds: Double) {
    precondition(milliseconds >= 0, "time does not pass backwards; use set(now:)")
    times.withLock {
      $0.now += milliseconds
      $0.monotonic += UInt64(milliseconds * 1_000_000)
    }
  }

  /// Sets the wall clock, also back; the monotonic one stays.
  package func set(now: Double) {
    times.withLock { $0.now = now }
  }
}
