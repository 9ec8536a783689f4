/// ISO 8601 as it is typed: `YYYY-MM-DD`, or with `Thh:mm`, seconds and a fraction, and an offset from UTC, which then
/// must not be missing.
enum CalendarTime {
  /// Milliseconds since 1970; nil for anything else.
  static func milliseconds(of text: String) -> Double? {
    var scanner = Scanner(Array(text.utf8))
    guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
      let date = scanner.number(2), let day = day(year, month, date)
    else { return nil }
    let start = Double(day) * 86_400_000
    if scanner.isAtEnd { return start }
    guard scanner.take("T") || scanner.take("t") || scanner.take(" "), let hour = scanner.number(2), hour < 24,
      scanner.take(":"), let minute = scanner.number(2), minute < 60
    else { return nil }
    var milliseconds = Double(hour * 60 + minute) * 60_000
    if scanner.take(":") {
      guard let second = scanner.number(2), second < 60 else { return nil }
      milliseconds += Double(second) * 1_000
      if scanner.take(".") || scanner.take(",") {
        guard let fraction = scanner.fraction() else { return nil }
        milliseconds += fraction * 1_000
      }
    }
    guard let offset = scanner.offset(), scanner.isAtEnd else { return nil }
    return start + milliseconds - Double(offset) * 60_000
  }

  /// Days from 1970-01-01 to a date of the Gregorian calendar; nil where there is no such date.
  private static func day(_ year: Int, _ month: Int, _ date: Int) -> Int? {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...lengths[month - 1]).contains(date) else { return nil }
    // Leap days among the years before this one, year 0 included, counted from 1 January of year 0.
    let before = year - 1
    let leaps = year == 0 ? 0 : before / 4 - before / 100 + before / 400 + 1
    return year * 365 + leaps + lengths[..<(month - 1)].reduce(0, +) + date - 1 - 719_528
  }

  private struct Scanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    mutating func digit() -> Int? {
      guard position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") else {
        return nil
      }
      defer { position += 1 }
      return Int(bytes[position] - UInt8(ascii: "0"))
    }

    mutating func number(_ digits: Int) -> Int? {
      var value = 0
      for _ in 0..<digits {
        guard let digit = digit() else { return nil }
        value = value * 10 + digit
      }
      return value
    }

    /// Digits behind a point, at least one; those beyond the twelfth count nothing.
    mutating func fraction() -> Double? {
      var (value, scale, digits) = (0.0, 1.0, 0)
      while let digit = digit() {
        digits += 1
        if digits > 12 { continue }
        value = value * 10 + Double(digit)
        scale *= 10
      }
      return digits == 0 ? nil : value / scale
    }

    /// `Z`, `+02:00`, `+0200` or `+02`, in minutes.
    mutating func offset() -> Int? {
      if take("Z") || take("z") { return 0 }
      let sign: Int
      if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
      guard let hours = number(2), hours < 24 else { return nil }
      if isAtEnd { return sign * hours * 60 }
      _ = take(":")
      guard let minutes = number(2), minutes < 60 else { return nil }
      return sign * (hours * 60 + minutes)
    }
  }
}
