/// When each batch is due, where a recording is replayed faster or slower than it was recorded.
struct Pace: Sendable {
  /// How many times faster than recorded.
  private let rate: Double
  /// Longer steps are left out, in milliseconds: nobody waits for a clock that jumped.
  private let longestStep: Double
  private var last: Double?
  private var elapsed = 0.0

  init(rate: Double, longestStep: Double) {
    self.rate = rate
    self.longestStep = longestStep
  }

  /// Milliseconds from the beginning of the replay to a batch that was recorded at `time`.
  mutating func due(_ time: Double?) -> Double {
    guard let time, time.isFinite else { return elapsed }
    if let last {
      let step = time - last
      if step > 0, step <= longestStep { elapsed += step / rate }
    }
    last = time
    return elapsed
  }
}
