import SegmentTestSupport
import Testing

@testable import SegmentEngine

@Suite("A time in one byte is never shorter than what it stands for, and at most a sixteenth longer")
struct CoarseSpanTests {
  /// All short ones, those around each power of two, and some between.
  private static let lengths: [UInt32] = {
    var random = SplitMix64(seed: 31)
    var lengths = Array(0..<5_000) as [UInt32]
    for bit in 5..<UInt32(32) { lengths += [1 << bit - 1, 1 << bit, 1 << bit + 1] }
    for _ in 0..<10_000 { lengths.append(UInt32(truncatingIfNeeded: random.next()) >> UInt32(random.below(20))) }
    return lengths + [.max, .max - 1]
  }()

  @Test func whatEndsIsNotSaidToEndEarlier() {
    for length in Self.lengths {
      let span = CoarseSpan(reaching: length)
      let end = span.end(from: 0)
      #expect(end >= length)
      #expect(span == .unlimited || end <= length + length / 16 + 1, "\(length): \(end)")
      #expect(span != .unlimited || length > 491_520)
      // Where seconds end, all do.
      let start = UInt32.max - length / 2
      #expect(span.end(from: start) >= UInt32(clamping: UInt64(start) + UInt64(length)))
    }
  }

  @Test func eachByteStandsForALengthOfItsOwn() {
    let ends = (0...UInt8.max).map { CoarseSpan(code: $0).end(from: 0) }
    #expect(zip(ends, ends.dropFirst()).allSatisfy { $0 < $1 })
    for code in 0..<UInt8.max { #expect(CoarseSpan(reaching: ends[Int(code)]).code == code) }
  }
}
