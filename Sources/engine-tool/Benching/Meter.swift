#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Measures the processor time that this thread spends: other programs on the machine count for little.
struct Meter: Sendable {
  /// The best of so many rounds counts.
  var rounds: Int

  /// A round that took longer is not repeated, in nanoseconds.
  private static let longRound: UInt64 = 200_000_000

  /// Nanoseconds that `body` takes. It must not suspend, and do the same each time.
  func best(_ body: () throws -> Void) rethrows -> UInt64 {
    var best = UInt64.max
    for _ in 0..<rounds {
      let start = Self.now()
      try body()
      let took = Self.now() - start
      best = min(best, took)
      if took > Self.longRound { break }
    }
    return best
  }

  private static func now() -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
