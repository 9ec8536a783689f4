/// Amounts of bytes as people write them: `50 GB` (thousands), `20 GiB` (1,024), `1.5 TB`, `800 B`.
enum ByteAmount {
  private static let units: [(name: String, bytes: UInt64)] = [
    ("B", 1), ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ("PB", 1_000_000_000_000_000), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
    ("PiB", 1 << 50),
  ]

  /// What the text means, rounded to a byte; nil where it means nothing. Between number and unit there may be one space.
  /// Letter case counts, since `gb` may be anything.
  static func bytes(_ text: String) -> UInt64? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    var unit = text[digits.endIndex...]
    if unit.first == " " { unit.removeFirst() }
    guard let scale = units.first(where: { $0.name == unit })?.bytes else { return nil }
    if let whole = UInt64(digits) {
      let (bytes, isTooLarge) = whole.multipliedReportingOverflow(by: scale)
      return isTooLarge ? nil : bytes
    }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), let number = Double(digits) else { return nil }
    return UInt64(exactly: (number * Double(scale)).rounded())
  }
}
