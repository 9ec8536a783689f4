/// Takes strings of JSON out of their escapes.
struct JSONText {
  private let bytes: ScannedBytes
  private let end: Int
  private var place: Int

  /// Reads `range`, the bytes between the quotes of a string.
  init(_ bytes: ScannedBytes, _ range: Range<Int>) {
    self.bytes = bytes
    place = range.lowerBound
    end = range.upperBound
  }

  /// The next code point; nil at the end. Surrogates that are no pair, escapes that JSON does not have, and what is no
  /// UTF-8 give U+FFFD, at least one byte each.
  mutating func next() -> UInt32? {
    guard place < end else { return nil }
    let byte = bytes[place]
    place += 1
    if byte == Ascii.backslash { return escape() }
    if byte < 0x80 { return UInt32(byte) }
    return multibyte(byte)
  }

  private mutating func escape() -> UInt32 {
    guard place < end else { return Self.replacement }
    let byte = bytes[place]
    place += 1
    switch byte {
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"): return surrogates()
    case Ascii.quote, Ascii.backslash, UInt8(ascii: "/"): return UInt32(byte)
    default: return Self.replacement
    }
  }

  private mutating func surrogates() -> UInt32 {
    guard let high = fourDigits() else { return Self.replacement }
    guard 0xD800...0xDFFF ~= high else { return high }
    guard high < 0xDC00, place + 1 < end, bytes[place] == Ascii.backslash, bytes[place + 1] == UInt8(ascii: "u") else {
      return Self.replacement
    }
    let after = place
    place += 2
    guard let low = fourDigits(), 0xDC00...0xDFFF ~= low else {
      place = after
      return Self.replacement
    }
    return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
  }

  private mutating func fourDigits() -> UInt32? {
    guard place + 4 <= end else { return nil }
    var value: UInt32 = 0
    for offset in 0..<4 {
      let byte = bytes[place + offset]
      let digit: UInt8
      switch byte {
      case Ascii.zero...Ascii.nine: digit = byte - Ascii.zero
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    place += 4
    return value
  }

  private mutating func multibyte(_ lead: UInt8) -> UInt32 {
    let more: Int
    var value: UInt32
    switch lead {
    case 0xC2...0xDF: (more, value) = (1, UInt32(lead & 0x1F))
    case 0xE0...0xEF: (more, value) = (2, UInt32(lead & 0x0F))
    case 0xF0...0xF4: (more, value) = (3, UInt32(lead & 0x07))
    default: return Self.replacement
    }
    guard place + more <= end else { return Self.replacement }
    for offset in 0..<more {
      let byte = bytes[place + offset]
      guard byte & 0xC0 == 0x80 else { return Self.replacement }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    // Longer than need be, a surrogate, or beyond Unicode.
    guard value >= [0, 0x80, 0x800, 0x10000][more], Unicode.Scalar(value) != nil else { return Self.replacement }
    place += more
    return value
  }

  /// The string as far as it fits into `limit` bytes of UTF-8 without cutting a character (a Unicode scalar).
  mutating func string(limit: Int) -> String {
    var text: [UInt8] = []
    while let point = next(), let scalar = Unicode.Scalar(point) {
      let encoded = Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter
      guard text.count + encoded.count <= limit else { break }
      text.append(contentsOf: encoded)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let replacement: UInt32 = 0xFFFD
}

extension JSONText {
  /// True if the string, out of its escapes, is `wanted` (ASCII).
  static func isEqual(_ text: JSONReader.Text, _ wanted: StaticString, in bytes: ScannedBytes) -> Bool {
    guard text.isEscaped else {
      return text.range.count == wanted.utf8CodeUnitCount && bytes.hasText(wanted, at: text.range.lowerBound)
    }
    var points = JSONText(bytes, text.range)
    return wanted.withUTF8Buffer { buffer in
      for index in 0..<buffer.count where unsafe points.next() != UInt32(buffer[index]) { return false }
      return points.next() == nil
    }
  }

  /// True if the string holds a stream that a recorder has compressed and written as Latin-1, one code point a byte:
  /// it begins as gzip does (RFC 1952: 1F 8B) or zlib (RFC 1950: 78, and the two bytes a multiple of 31). Streams that
  /// ask for a preset dictionary (bit 5 of the second byte) are not meant: no recorder writes them, and "x " begins
  /// plain texts.
  static func isPacked(_ text: JSONReader.Text, in bytes: ScannedBytes) -> Bool {
    guard text.range.count >= 2 else { return false }
    // Any other first byte is the most frequent case by far.
    let lead = bytes[text.range.lowerBound]
    guard lead == UInt8(ascii: "x") || lead == Ascii.backslash else { return false }
    var points = JSONText(bytes, text.range)
    guard let first = points.next(), let second = points.next(), second <= 0xFF else { return false }
    if first == 0x1F { return second == 0x8B }
    return first == 0x78 && (first << 8 | second) % 31 == 0 && second & 0x20 == 0
  }
}
