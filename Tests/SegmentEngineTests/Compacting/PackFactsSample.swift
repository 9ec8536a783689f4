@testable import SegmentEngine

extension PackFacts {
  /// A pack of so many bytes, received within a range of hours.
  static func sample(
    _ ordinal: UInt64, bytes: UInt64, tier: Tier = .recent, hours: ClosedRange<Double> = 0...0, className: String = ""
  ) -> PackFacts {
    PackFacts(
      id: Identifier(high: 1, low: ordinal), fileBytes: bytes, footerBytes: 100, tier: tier, className: className,
      expiryDay: 0, segments: 1, events: 1, rawBytes: bytes, storedBytes: bytes, packedEvents: 0,
      firstReceived: hours.lowerBound * 3_600_000, lastReceived: hours.upperBound * 3_600_000, firstOrdinal: ordinal,
      lastOrdinal: ordinal, dictionaries: [])
  }
}
