/// Reads JSON of stored events from bytes piece by piece: no tree is built and nothing recurses, so depth costs nothing.
///
/// The callers walk: enter an object or array, ask for the next key or element, and take or skip each value; what they
/// entered they leave before they go on with what is around it. What the reader cannot make sense of breaks it, and a
/// broken reader gives nothing any more, so that no walk is endless whatever the bytes are.
///
/// The scanner saw to it that events are JSON when they came, so this one is not strict in what is skipped, nor in what
/// stands for a number. The scanner's own reader works in borrowed memory, tells what is wrong and where, and refuses
/// what is too deep, none of which a walk through stored events asks for.
struct LenientJSONReader {
  /// A string as it stands in the bytes, without its quotes.
  struct Text: Equatable {
    var range: Range<Int>
    var hasEscapes: Bool
  }

  let bytes: [UInt8]
  /// Where reading goes on.
  private(set) var position: Int
  private let end: Int
  /// True once something was not JSON.
  private(set) var isBroken = false
  /// An object or array was entered and nothing of it read: no comma is due.
  private var isFresh = false

  /// Reads a part of `bytes`; what of the range lies outside of them is left out.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    let range = range.clamped(to: 0..<bytes.count)
    position = range.lowerBound
    end = range.upperBound
  }

  init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

  /// The first byte of what comes next, white space passed over; 0 at the end, or once broken.
  mutating func peek() -> UInt8 {
    if isBroken { return 0 }
    while position < end {
      let byte = bytes[position]
      if byte > 0x20 { return byte }
      position += 1
    }
    return 0
  }

  /// True where nothing but white space is left.
  mutating func isAtEnd() -> Bool { !isBroken && peek() == 0 && position == end }

  /// Goes into the object that comes next; false where something else does.
  mutating func enterObject() -> Bool {
    guard take(UInt8(ascii: "{")) else { return false }
    isFresh = true
    return true
  }

  /// Goes into the array that comes next; false where something else does.
  mutating func enterArray() -> Bool {
    guard take(UInt8(ascii: "[")) else { return false }
    isFresh = true
    return true
  }

  /// In an object: the next key, with its value next to be read; nil behind the last, the object left.
  mutating func nextKey() -> Text? {
    guard goOn(until: UInt8(ascii: "}")) else { return nil }
    guard let key = string(), take(UInt8(ascii: ":")) else {
      isBroken = true
      return nil
    }
    return key
  }

  /// In an array: true where an element comes next; false behind the last, the array left.
  mutating func nextElement() -> Bool { goOn(until: UInt8(ascii: "]")) }

  /// Passes over the comma that is due; false where there is nothing more before `close`, which is passed over then.
  private mutating func goOn(until close: UInt8) -> Bool {
    let wasFresh = isFresh
    isFresh = false
    if take(close) { return false }
    if !wasFresh, !take(UInt8(ascii: ",")) { isBroken = true }
    return !isBroken
  }

  /// The string that comes next; nil where something else does, which then is still to be read.
  mutating func string() -> Text? {
    guard peek() == UInt8(ascii: "\"") else { return nil }
    let start = position + 1
    var hasEscapes = false
    var index = start
    while true {
      index = quoteOrBackslash(from: index)
      guard index < end else {
        isBroken = true
        return nil
      }
      if bytes[index] == UInt8(ascii: "\"") { break }
      hasEscapes = true
      index += 2
    }
    position = index + 1
    return Text(range: start..<index, hasEscapes: hasEscapes)
  }

  /// The number, `true`, `false` or `null` that comes next, as it stands in the bytes; nil where something else does.
  mutating func scalar() -> Range<Int>? {
    _ = peek()
    let start = position
    while position < end, Self.isOfScalar(bytes[position]) { position += 1 }
    return !isBroken && position > start ? start..<position : nil
  }

  /// The whole number that comes next; nil where something else does, which is then passed over.
  mutating func integer() -> Int? {
    guard let range = scalar() else {
      skip()
      return nil
    }
    var (value, index) = (0, range.lowerBound)
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    guard index < range.upperBound, range.upperBound - index <= 18 else { return nil }
    for byte in bytes[index..<range.upperBound] {
      guard byte.isDigit else { return nil }
      value = value * 10 + Int(byte & 0x0F)
    }
    return isNegative ? -value : value
  }

  /// Passes over the value that comes next, however deep.
  mutating func skip() {
    var depth = 0
    repeat {
      switch peek() {
      case UInt8(ascii: "\""): _ = string()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        // One that closes nothing is not a value.
        if depth == 0 { isBroken = true } else { position += 1 }
        depth -= 1
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        if depth == 0 { isBroken = true } else { position += 1 }
      default: if scalar() == nil { isBroken = true }
      }
    } while depth > 0 && !isBroken
  }

  /// True where a string is this text.
  func holds(_ text: Text, _ expected: StaticString) -> Bool {
    guard text.range.count == expected.utf8CodeUnitCount else { return false }
    return expected.withUTF8Buffer { expected in
      for index in expected.indices {
        if unsafe bytes[text.range.lowerBound + index] != expected[index] { return false }
      }
      return true
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  private static func isOfScalar(_ byte: UInt8) -> Bool {
    byte.isAlphanumeric || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
  }

  /// The first quote or backslash at or behind an index; `end` where there is none. Eight bytes a step, since style sheets
  /// and images are strings of megabytes.
  private func quoteOrBackslash(from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let (quotes, backslashes) = (ones &* 0x22, ones &* 0x5C)
    var index = start
    let raw = unsafe bytes.span.bytes
    while index + 8 <= end {
      let loaded = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      let word = UInt64(littleEndian: loaded)
      let (a, b) = (word ^ quotes, word ^ backslashes)
      // A byte that is zero borrows from its highest bit; the lowest such bit is never wrong.
      let hits = (((a &- ones) & ~a) | ((b &- ones) & ~b)) & (ones &* 0x80)
      if hits != 0 { return index + hits.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < end, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") { index += 1 }
    return min(index, end)
  }
}

extension LenientJSONReader {
  /// In an object: goes to the value of the next member of this name; false where there is none.
  mutating func goTo(_ name: StaticString) -> Bool {
    while let key = nextKey() {
      if holds(key, name) { return true }
      skip()
    }
    return false
  }
}
