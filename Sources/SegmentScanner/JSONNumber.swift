/// A number as JSON writes it, and its value.
struct JSONNumber {
  /// It has a minus sign, also before zero.
  let isNegative: Bool
  private let digits: UInt64
  private let scale: Int
  private let isExact: Bool
  private let range: Range<Int>

  /// The largest power of ten that a Double holds exactly.
  private static let exactPowers = 22
  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// Reads a number by the grammar of RFC 8259, section 6; the reader moves beyond it.
  @inline(__always)
  init(from reader: inout JSONReader) throws(JSONReader.Fault) {
    let start = reader.position
    let bytes = reader.bytes
    let end = reader.end
    var place = start
    var digits: UInt64 = 0
    var fraction = 0
    var exponent = 0

    let isNegative = try reader.peek() == Ascii.minus
    if isNegative { place += 1 }
    let whole = place
    while place < end, Ascii.isDigit(bytes[place]) {
      digits = digits &* 10 &+ UInt64(truncatingIfNeeded: bytes[place] &- Ascii.zero)
      place += 1
    }
    var significant = place - whole
    if significant == 0 { throw Self.fault(&reader, at: place) }
    if bytes[whole] == Ascii.zero, significant > 1 { throw Self.fault(&reader, at: whole + 1) }

    if place < end, bytes[place] == Ascii.point || bytes[place] | 0x20 == UInt8(ascii: "e") {
      if bytes[place] == Ascii.point {
        place += 1
        let first = place
        while place < end, Ascii.isDigit(bytes[place]) {
          digits = digits &* 10 &+ UInt64(truncatingIfNeeded: bytes[place] &- Ascii.zero)
          place += 1
        }
        fraction = place - first
        significant += fraction
        if fraction == 0 { throw Self.fault(&reader, at: place) }
      }
      if place < end, bytes[place] | 0x20 == UInt8(ascii: "e") {
        place += 1
        var isBelow = false
        if place < end, bytes[place] == Ascii.plus || bytes[place] == Ascii.minus {
          isBelow = bytes[place] == Ascii.minus
          place += 1
        }
        let first = place
        while place < end, Ascii.isDigit(bytes[place]) {
          // Any exponent that long takes the slow way: it need not be right here.
          if exponent < 100_000 { exponent = exponent * 10 + Int(bytes[place] &- Ascii.zero) }
          place += 1
        }
        if place == first { throw Self.fault(&reader, at: place) }
        if isBelow { exponent = -exponent }
      }
    }
    reader.position = place
    self.isNegative = isNegative
    self.digits = digits
    scale = exponent - fraction
    // 19 digits never overflow 64 bits.
    isExact = significant <= 19 && digits <= 1 << 53
    range = start..<place
  }

  /// The value, rounded as IEEE 754 asks for; infinite where a Double has no room for it.
  @inline(__always)
  func value(in bytes: ScannedBytes) -> Double {
    if isExact, scale == 0 { return isNegative ? -Double(digits) : Double(digits) }
    return slowValue(in: bytes)
  }

  /// The value if it is an integer of 0...limit, written without a minus sign.
  @inline(__always)
  func integer(upTo limit: Int, in bytes: ScannedBytes) -> Int? {
    if isNegative { return nil }
    if isExact, scale == 0 { return digits <= UInt64(limit) ? Int(digits) : nil }
    let value = slowValue(in: bytes)
    guard value <= Double(limit), Double(Int(value)) == value else { return nil }
    return Int(value)
  }

  @inline(never)
  private func slowValue(in bytes: ScannedBytes) -> Double {
    // One correctly rounded operation on two exact operands is exact (Clinger 1990, "How to read floating point numbers
    // accurately").
    if isExact, abs(scale) <= Self.exactPowers {
      let power = Self.powersOfTen[abs(scale)]
      let value = scale < 0 ? Double(digits) / power : Double(digits) * power
      return isNegative ? -value : value
    }
    var text: [UInt8] = []
    text.reserveCapacity(range.count)
    bytes.append(range, to: &text)
    return Double(String(decoding: text, as: UTF8.self)) ?? .infinity
  }

  private static func fault(_ reader: inout JSONReader, at place: Int) -> JSONReader.Fault {
    reader.position = place
    guard place < reader.end else { return JSONReader.Fault(reason: .truncated, position: reader.end) }
    return reader.unexpected(reader.bytes[place])
  }
}
