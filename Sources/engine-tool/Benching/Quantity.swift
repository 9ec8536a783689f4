/// Quantities of a report, with three digits that count. Bytes are decimal here, as bills for storage are.
enum Quantity {
  /// `1234`, `123`, `12.3`, `1.23`; `-` where there is none.
  static func number(_ value: Double?) -> String {
    guard let value, value.isFinite, value >= 0, value < 1e15 else { return "-" }
    return Units.decimal(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
  }

  /// `812 B`, `1.52 kB`, `45.1 MB`, `3.20 GB`.
  static func bytes(_ count: Double) -> String {
    guard count.isFinite, count >= 0 else { return "-" }
    if count < 999.5 { return "\(Int(count.rounded())) B" }
    var value = count / 1_000
    var units = ["kB", "MB", "GB", "TB", "PB"][...]
    while value >= 999.5, units.count > 1 {
      value /= 1_000
      units.removeFirst()
    }
    return "\(number(value)) \(units[units.startIndex])"
  }

  /// `24 %`, `7.3 %`.
  static func percent(_ part: Double) -> String {
    guard part.isFinite, part >= 0, part < 1e12 else { return "-" }
    return Units.decimal(part * 100, part < 0.0995 ? 1 : 0) + " %"
  }
}
