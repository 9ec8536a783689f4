import CPeerShims

/// A moment of the monotonic clock.
struct Ticks: Sendable {
  private var nanoseconds: UInt64

  static var now: Ticks { Ticks(nanoseconds: peer_ticks()) }

  /// Since then.
  var seconds: Double { Double(peer_ticks() - nanoseconds) / 1e9 }
  var milliseconds: Double { seconds * 1e3 }
}

/// Numbers in order, and what is at a share of them.
enum Quantile {
  static func of(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return .nan }
    let place = Int((share * Double(sorted.count)).rounded(.up)) - 1
    return place < sorted.count ? sorted[max(0, place)] : last
  }

  /// The middle one, or the mean of the two in the middle.
  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    if sorted.isEmpty { return .nan }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
