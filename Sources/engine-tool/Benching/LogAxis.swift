import Foundation

/// An axis on which equal steps multiply.
struct LogAxis: Sendable, Equatable {
  /// The values at its ends, in decimal logarithms.
  private let (low, high): (Double, Double)
  /// Where its ends are drawn.
  let start: Double
  let end: Double

  /// An axis that holds all of `values`, with some room around them. Values that are not above 0 are left out.
  init(_ values: [Double], from start: Double, to end: Double) {
    let logs = values.filter { $0 > 0 && $0.isFinite }.map { log10($0) }
    let (least, most) = (logs.min() ?? 0, logs.max() ?? 1)
    let room = max(0.08, (most - least) * 0.08)
    (low, high) = (least - room, most + room)
    (self.start, self.end) = (start, end)
  }

  /// Where a value above 0 is drawn.
  func place(_ value: Double) -> Double {
    start + (log10(value) - low) / (high - low) * (end - start)
  }

  /// Values to mark: powers of ten with their halves and fifths; the fewer, the more decades there are.
  var ticks: [Double] {
    let steps = high - low > 3 ? [1.0] : high - low > 0.5 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]
    let decades = Int(low.rounded(.down))...Int(high.rounded(.up))
    return decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
      .filter { (low...high).contains(log10($0)) }
  }

  /// A tick as people read it: `0.5`, `20`, `1,000`.
  static func label(_ value: Double) -> String {
    if value < 1 { return Units.decimal(value, value < 0.1 ? 2 : 1) }
    if value < 10, value != value.rounded() { return Units.decimal(value, 1) }
    let digits = Array(String(Int(value.rounded())))
    return digits.indices.map { index in
      (index > 0 && (digits.count - index) % 3 == 0 ? "," : "") + String(digits[index])
    }.joined()
  }
}
