extension DocumentReader {
  /// A number, at its first byte.
  mutating func number() throws(StoreError) -> DocumentValue.Content {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") {
      position += 1
      if let next, Self.isDigit(next) { throw fault("a number without leading zeros is expected") }
    } else {
      try digits()
    }
    if next == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let literal = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Double(literal) else { throw fault("a number is expected", at: start) }
    return .number(value, literal: literal)
  }

  private mutating func digits() throws(StoreError) {
    guard let first = next, Self.isDigit(first) else { throw fault("a digit is expected") }
    while let byte = next, Self.isDigit(byte) { position += 1 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// A string, at its opening quote.
  mutating func string() throws(StoreError) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let text = String(validating: text, as: UTF8.self) else {
          throw fault("a string in UTF-8 is expected", at: start)
        }
        return text
      case UInt8(ascii: "\\"):
        text.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20:
        throw fault("an escape is expected: control characters may not stand in a string as they are")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw fault("a closing quote is expected; the string begins at byte \(start)")
  }

  /// What an escape stands for, at its backslash.
  private mutating func escape() throws(StoreError) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let letter = next else { throw fault("an escape is expected", at: start) }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw fault(#"one of \" \\ \/ \b \f \n \r \t \u is expected"#, at: start)
    }
    let unit = try unit(start)
    guard 0xD800...0xDBFF ~= unit else {
      guard let scalar = Unicode.Scalar(unit) else {
        throw fault("a high surrogate before the low one is expected", at: start)
      }
      return scalar
    }
    let second = position
    guard bytes[second...].starts(with: #"\u"#.utf8) else {
      throw fault("a low surrogate after the high one is expected", at: second)
    }
    position += 2
    let low = try self.unit(second)
    guard 0xDC00...0xDFFF ~= low,
      let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
    else {
      throw fault("a low surrogate after the high one is expected", at: second)
    }
    return scalar
  }

  /// Four hexadecimal digits.
  private mutating func unit(_ start: Int) throws(StoreError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("four hexadecimal digits are expected", at: start)
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
