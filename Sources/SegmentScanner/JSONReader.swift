/// Reads JSON token by token up to a bound, without a tree and without recursion.
///
/// Arrays and objects it is told to skip are checked for matched brackets, closed strings, control characters,
/// backslashes outside of strings, and depth, nothing else.
struct JSONReader {
  /// What stopped a reader.
  struct Fault: Error {
    var reason: ScanError.Reason
    var position: Int
  }

  /// A string: the bytes between its quotes.
  struct Text {
    var range: Range<Int>
    var isEscaped: Bool
  }

  let bytes: ScannedBytes
  /// The next byte to read.
  var position: Int
  /// Reading stops before this place, with `truncated`.
  var end: Int
  /// Line feeds or carriage returns were met between tokens.
  var hasLineBreaks = false

  init(_ bytes: ScannedBytes, position: Int = 0, end: Int) {
    precondition(position >= 0 && position <= end && end <= bytes.count)
    self.bytes = bytes
    self.position = position
    self.end = end
  }

  /// The next byte, which stays the next.
  @inline(__always)
  func peek() throws(Fault) -> UInt8 {
    guard position < end else { throw Fault(reason: .truncated, position: end) }
    return bytes[position]
  }

  /// Moves to the next byte that is no white space, or to the end.
  @inline(__always)
  mutating func skipWhiteSpace() {
    guard position < end, bytes[position] <= Ascii.space else { return }
    skipLongWhiteSpace()
  }

  @inline(never)
  private mutating func skipLongWhiteSpace() {
    while position < end {
      switch bytes[position] {
      case Ascii.space, Ascii.tab: break
      case Ascii.lineFeed, Ascii.carriageReturn: hasLineBreaks = true
      default: return
      }
      position += 1
    }
  }

  /// White space, then the next byte, which stays the next.
  @inline(__always)
  mutating func peekToken() throws(Fault) -> UInt8 {
    skipWhiteSpace()
    return try peek()
  }

  /// What to say of a byte that cannot stand where it does, inside an object.
  func unexpected(_ byte: UInt8) -> Fault {
    let reason: ScanError.Reason =
      switch byte {
      case Ascii.closeBracket: .mismatchedBracket
      case ..<Ascii.space: .controlCharacter
      default: .notJSON
      }
    return Fault(reason: reason, position: position)
  }

  /// A string, from its opening quote on; the reader moves beyond it.
  @inline(__always)
  mutating func string() throws(Fault) -> Text {
    let start = position + 1
    let found = bytes.stringEnd(start, end: end)
    if let reason = found.fault { throw Fault(reason: reason, position: found.position) }
    position = found.position + 1
    let range = start..<found.position
    return Text(range: range, isEscaped: !found.isShortAndPlain && bytes.first(Ascii.backslash, in: range) != nil)
  }

  /// The first or next key of an object, after its opening brace or a member; nil at its closing brace, which is
  /// passed. After a key the reader is at the first byte of its value.
  @inline(__always)
  mutating func nextKey(isFirst: Bool) throws(Fault) -> Text? {
    var byte = try peekToken()
    if byte == Ascii.closeBrace {
      position += 1
      return nil
    }
    if !isFirst {
      guard byte == Ascii.comma else { throw unexpected(byte) }
      position += 1
      byte = try peekToken()
    }
    guard byte == Ascii.quote else { throw unexpected(byte) }
    let key = try string()
    byte = try peekToken()
    guard byte == Ascii.colon else { throw unexpected(byte) }
    position += 1
    skipWhiteSpace()
    return key
  }

  /// Moves beyond an array or object, of which at most `maximumDepth` levels may be open at a time.
  @inline(__always)
  mutating func skipContainer(maximumDepth: Int) throws(Fault) {
    let byte = bytes[position]
    if maximumDepth > 0, position + 1 < end, bytes[position + 1] == byte + 2 {
      position += 2
      return
    }
    let found = bytes.containerEnd(position, end: end, maximumDepth: maximumDepth)
    if found.hasLineBreaks { hasLineBreaks = true }
    if let reason = found.fault { throw Fault(reason: reason, position: found.position) }
    position = found.position + 1
  }

  /// Moves beyond any value.
  @inline(__always)
  mutating func skipValue(maximumDepth: Int) throws(Fault) {
    switch try peek() {
    case Ascii.quote: _ = try string()
    case Ascii.openBrace, Ascii.openBracket: try skipContainer(maximumDepth: maximumDepth)
    default: try skipScalar()
    }
  }

  /// Moves beyond a number, `true`, `false` or `null`.
  mutating func skipScalar() throws(Fault) {
    let byte = try peek()
    switch byte {
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    default: _ = try JSONNumber(from: &self)
    }
  }

  private mutating func literal(_ text: StaticString) throws(Fault) {
    let start = position
    position += bytes.commonLength(text, at: position, end: end)
    if position == start + text.utf8CodeUnitCount { return }
    throw unexpected(try peek())
  }
}
