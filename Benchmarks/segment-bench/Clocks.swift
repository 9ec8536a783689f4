import SegmentFiles
import Synchronization

/// A clock that stands where it was put, so that days pass in seconds. Both times are the same one.
final class SimulatedClock: EngineClock {
  static let day = 86_400_000.0

  /// Milliseconds since 1970.
  private let time: Mutex<Double>

  init(_ start: Double) { time = Mutex(start) }

  func now() -> Double { time.withLock { $0 } }
  func monotonic() -> UInt64 { UInt64(now() * 1e6) }

  /// Never goes back.
  func move(to later: Double) { time.withLock { $0 = max($0, later) } }
}

/// The system's clock, some time ahead or behind.
struct ShiftedClock: EngineClock {
  /// Milliseconds.
  var shift: Double

  init(hours: Double) { shift = hours * 3_600_000 }
  /// One that says `time` now.
  init(now time: Double) { shift = time - SystemClock().now() }

  func now() -> Double { SystemClock().now() + shift }
  func monotonic() -> UInt64 { SystemClock().monotonic() }
}
