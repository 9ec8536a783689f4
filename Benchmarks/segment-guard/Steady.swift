import SegmentEngine
import SegmentFiles
import Synchronization

/// A clock that moves a millisecond each time it is read, the same in every run.
final class SteadyClock: EngineClock {
  private let ticks = Atomic<UInt64>(0)

  func now() -> Double { 1_795_000_000_000 + Double(tick()) }
  func monotonic() -> UInt64 { 1_000_000_000 + tick() * 1_000_000 }

  private func tick() -> UInt64 { ticks.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// Random numbers that are the same in every run.
final class SteadyRandom: RandomSource {
  private let state: Atomic<UInt64>

  init(_ seed: UInt64) { state = Atomic(seed) }

  // splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
  func next() -> UInt64 {
    var mixed = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension StoreEnvironment {
  /// Files without syncs, and a clock and random numbers that repeat themselves.
  static func steady(_ seed: UInt64) -> StoreEnvironment {
    StoreEnvironment(
      files: QuietFiles(), clock: SteadyClock(), random: SteadyRandom(seed),
      process: ProcessFacts(host: "guard", process: 1, started: 0))
  }
}

extension Configuration {
  /// Everything in the calling thread.
  static var quiet: Configuration {
    var configuration = Configuration()
    configuration.maintainsItself = false
    return configuration
  }
}
