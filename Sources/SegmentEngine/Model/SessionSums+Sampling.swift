extension SessionSums {
  /// Adds a session, or a part of one that counts for none.
  mutating func add(_ facts: SegmentFacts, stored: UInt64, isCounted: Bool = true, weight: Double) {
    sessions += isCounted ? weight : 0
    events += weight * Double(facts.events)
    clicks += weight * Double(facts.clicks)
    errors += weight * Double(facts.errors)
    rawBytes += weight * Double(facts.rawBytes)
    storedBytes += weight * Double(stored)
  }

  /// The unbiased estimate of the variance of a Horvitz-Thompson total under independent draws: the sum of
  /// (1 - rate) / rate^2 x^2 over what was kept (Horvitz and Thompson, 1952).
  mutating func addVariance(_ facts: SegmentFacts, stored: UInt64, isCounted: Bool = true, rate: Double) {
    let factor = (1 - rate) / (rate * rate)
    func square(_ value: UInt64) -> Double { factor * Double(value) * Double(value) }
    sessions += isCounted ? factor : 0
    events += square(facts.events)
    clicks += square(facts.clicks)
    errors += square(facts.errors)
    rawBytes += square(facts.rawBytes)
    storedBytes += square(stored)
  }

  mutating func takeRoots() {
    sessions = sessions.squareRoot()
    events = events.squareRoot()
    clicks = clicks.squareRoot()
    errors = errors.squareRoot()
    rawBytes = rawBytes.squareRoot()
    storedBytes = storedBytes.squareRoot()
  }
}
