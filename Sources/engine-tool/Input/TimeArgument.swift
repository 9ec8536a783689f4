import SegmentEngine

/// A time on the command line: a moment, or an offset into the session that is meant.
enum TimeArgument: Equatable, Sendable {
  /// Milliseconds since 1970.
  case moment(Double)
  /// Milliseconds since the session's start.
  case offset(Double)

  /// The last moment that JavaScript knows, milliseconds since 1970: no recorder gives a later one.
  static let latest = 8.64e15

  /// Reads ISO 8601 with an offset, a date, milliseconds since 1970, or `+1h2m3.5s`. Throws `Failure` saying so.
  init(parsing text: String) throws {
    let time: TimeArgument?
    if text.utf8.first == UInt8(ascii: "+") {
      time = Self.length(text.dropFirst()).map { .offset($0) }
    } else if text.utf8.allSatisfy({ Self.isDigit($0) || $0 == UInt8(ascii: ".") }) {
      time = Double(text).map { .moment($0) }
    } else {
      time = CalendarTime.milliseconds(of: text).map { .moment($0) }
    }
    guard let time, time.isInReach else {
      throw Failure(
        .usage,
        "\(text) is not a time: give ISO 8601 with an offset (2026-11-23T10:00:00Z), a date, milliseconds since 1970, "
          + "or an offset into the session (+1m30s)")
    }
    self = time
  }

  /// The moment, where the session starts at `start`. Throws where an offset is meant and the session has no start.
  func resolved(from start: Timestamp?) throws -> Timestamp {
    switch self {
    case .moment(let milliseconds): return Timestamp(millisecondsSince1970: milliseconds)
    case .offset(let milliseconds):
      guard let start else {
        throw Failure(.usage, "the session has no plausible time to count an offset from; give an absolute time")
      }
      return Timestamp(millisecondsSince1970: start.millisecondsSince1970 + milliseconds)
    }
  }

  private var isInReach: Bool {
    switch self {
    case .moment(let value), .offset(let value): value >= 0 && value <= Self.latest
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private static let units: [(name: String, milliseconds: Double)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
  ]

  /// `1h2m3.5s`: each unit once, the larger first; the number before the last may have a fraction.
  private static func length(_ text: Substring) -> Double? {
    var rest = text[...]
    var left = units[...]
    var sum = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest[digits.endIndex...]
      let name = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest[name.endIndex...]
      guard digits.first != ".", let number = Double(digits), rest.isEmpty || !digits.contains("."),
        let unit = left.firstIndex(where: { $0.name == name })
      else { return nil }
      sum += number * left[unit].milliseconds
      left = left[(unit + 1)...]
    }
    return text.isEmpty ? nil : sum
  }
}
