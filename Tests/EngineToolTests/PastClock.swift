import SegmentFiles

/// The system's clock, days behind.
struct PastClock: EngineClock {
  let days: Double

  func now() -> Double { SystemClock().now() - days * 86_400_000 }
  func monotonic() -> UInt64 { SystemClock().monotonic() }
}
