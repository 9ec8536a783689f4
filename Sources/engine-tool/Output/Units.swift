import SegmentEngine

/// Quantities as people read them.
enum Units {
  /// `812 B`, `1.5 KiB`, `3.2 GiB`.
  static func bytes(_ count: UInt64) -> String {
    if count < 1_024 { return "\(count) B" }
    var tenths = Double(count) / 1_024
    var units = ["KiB", "MiB", "GiB", "TiB", "PiB"][...]
    while (tenths * 10).rounded() >= 10_240, units.count > 1 {
      tenths /= 1_024
      units.removeFirst()
    }
    return "\(decimal(tenths, 1)) \(units[units.startIndex])"
  }

  /// `250ms`, `7.5s`, `42s`, `1m30s`, `2h05m`, `3d04h`: two units at most.
  static func duration(_ milliseconds: Double) -> String {
    guard milliseconds.isFinite, milliseconds < 1e17 else { return "?" }
    if milliseconds < 0 { return "-" + duration(-milliseconds) }
    if milliseconds < 999.5 { return "\(Int64(milliseconds.rounded()))ms" }
    if milliseconds < 9_950 { return decimal(milliseconds / 1_000, 1) + "s" }
    let seconds = Int64((milliseconds / 1_000).rounded())
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 3_600 { return "\(seconds / 60)m\(pad(seconds % 60))s" }
    if seconds < 86_400 { return "\(seconds / 3_600)h\(pad(seconds / 60 % 60))m" }
    return "\(seconds / 86_400)d\(pad(seconds / 3_600 % 24))h"
  }

  /// An offset into a session to the millisecond, as the tool also reads it: `+0s`, `+250ms`, `+1m30.250s`, `+2h0m7s`.
  static func offset(_ milliseconds: Double) -> String {
    guard milliseconds.isFinite, milliseconds.magnitude < 1e15 else { return "?" }
    let whole = Int64(milliseconds.rounded())
    let sign = whole < 0 ? "-" : "+"
    let size = Int64(whole.magnitude)
    if size > 0, size < 1_000 { return "\(sign)\(size)ms" }
    var text = sign
    if size >= 3_600_000 { text += "\(size / 3_600_000)h" }
    if size >= 60_000 { text += "\(size / 60_000 % 60)m" }
    text += "\(size / 1_000 % 60)"
    let rest = String(size % 1_000)
    if rest != "0" { text += "." + String(repeating: "0", count: 3 - rest.utf8.count) + rest }
    return text + "s"
  }

  /// ISO 8601 in UTC to the millisecond; `-` where there is none.
  static func time(_ timestamp: Timestamp?) -> String {
    timestamp.map { ISO8601.text($0.millisecondsSince1970) } ?? "-"
  }

  /// How many times smaller, with one decimal; `-` where there is nothing to divide.
  static func ratio(_ raw: UInt64, _ stored: UInt64) -> String {
    stored == 0 ? "-" : decimal(Double(raw) / Double(stored), 1)
  }

  /// `1 event`, `2 events`.
  static func count(_ number: UInt64, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }

  /// A number that is not negative with so many decimals.
  static func decimal(_ value: Double, _ places: Int) -> String {
    let scale = (0..<places).reduce(Int64(1)) { scale, _ in scale * 10 }
    let scaled = Int64((value * Double(scale)).rounded())
    if places == 0 { return String(scaled) }
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.utf8.count) + fraction
  }

  private static func pad(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
