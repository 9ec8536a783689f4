#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Where the engine takes the time from, so that tests can set it.
package protocol EngineClock: Sendable {
  /// Milliseconds since 1970-01-01 00:00 UTC, as recordings count them. May jump either way.
  func now() -> Double
  /// Nanoseconds since an arbitrary moment; never goes back. Deadlines of `Monitor` are measured by it.
  func monotonic() -> UInt64
}

extension EngineClock {
  /// Blocks the thread for so many nanoseconds. Never on the cooperative thread pool.
  package func pause(nanoseconds: UInt64) {
    Monitor(()).wait(while: { _ in true }, until: monotonic() + nanoseconds) { _, _ in }
  }
}

/// The clocks of the operating system.
package struct SystemClock: EngineClock {
  package init() {}

  package func now() -> Double {
    let time = Self.read(CLOCK_REALTIME)
    return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
  }

  package func monotonic() -> UInt64 {
    let time = Self.read(CLOCK_MONOTONIC)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    let result = unsafe clock_gettime(clock, &time)
    precondition(result == 0, "the system has no such clock")
    return time
  }
}
