import SegmentFiles

/// Random numbers that come back with their seed. Safe for several threads, though their turns are then theirs.
package final class SeededRandomSource: RandomSource {
  private let generator: Lock<SplitMix64>

  package init(seed: UInt64) {
    generator = Lock(SplitMix64(seed: seed))
  }

  package func next() -> UInt64 {
    generator.withLock { $0.next() }
  }
}
