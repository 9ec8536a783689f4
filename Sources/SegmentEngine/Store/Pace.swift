internal import SegmentFiles

/// Holds work that reads and writes back to so many bytes a second, so that it leaves the disk to others.
final class Pace: Sendable {
  private let bytesPerSecond: Double
  private let clock: any EngineClock
  /// When what was done so far should have been done, nanoseconds.
  private let due: Lock<UInt64>

  /// More than this is never caught up at once, nanoseconds.
  private static let burst: UInt64 = 100_000_000

  init(bytesPerSecond: UInt64, _ clock: any EngineClock) {
    self.bytesPerSecond = Double(max(1, bytesPerSecond))
    self.clock = clock
    due = Lock(clock.monotonic())
  }

  /// Blocks until so many bytes more may be moved, or `isCancelled` says so.
  func spend(_ bytes: UInt64, _ isCancelled: () -> Bool) {
    let now = clock.monotonic()
    let end = due.withLock { due in
      due = max(due, now - min(now, Self.burst)) + UInt64(min(Double(bytes) / bytesPerSecond, 3_600) * 1e9)
      return due
    }
    while clock.monotonic() < end, !isCancelled() {
      clock.pause(nanoseconds: min(end - min(end, clock.monotonic()), Self.burst))
    }
  }
}

extension MaintenanceControl {
  /// The same at no more than so many bytes a second; 0: as fast as it goes.
  func paced(_ bytesPerSecond: UInt64, _ clock: any EngineClock) -> MaintenanceControl {
    if bytesPerSecond == 0 { return self }
    let pace = Pace(bytesPerSecond: bytesPerSecond, clock)
    var control = self
    let (advance, isCancelled) = (self.advance, self.isCancelled)
    control.advance = { bytes in
      advance(bytes)
      pace.spend(bytes, isCancelled)
    }
    return control
  }
}
