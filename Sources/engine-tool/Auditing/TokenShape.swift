/// What bearer tokens and JSON web tokens look like.
enum TokenShape {
  /// Headers of web tokens are some hundred bytes long.
  private static let longestHeader = 8_192

  // MARK: Bearer

  /// The token behind the word `Bearer` that starts at an index; nil where that is another word, or none follows.
  static func bearer(at start: Int, in text: Span<UInt8>) -> Range<Int>? {
    let word: StaticString = "bearer"
    guard text.count - start > word.utf8CodeUnitCount + 16, start == 0 || !text[start - 1].isOfName else { return nil }
    let isWord = word.withUTF8Buffer { word in
      for place in word.indices {
        if unsafe text[start + place].lowercased != word[place] { return false }
      }
      return true
    }
    guard isWord else { return nil }
    let space = start + word.utf8CodeUnitCount
    var index = space
    // A plus sign stands for a space in forms.
    while index < text.count, index - space < 8, text[index] == UInt8(ascii: " ") || text[index] == UInt8(ascii: "+") {
      index += 1
    }
    guard index > space else { return nil }
    let token = index
    while index < text.count, isOfToken(text[index]) { index += 1 }
    // The full stop of a sentence.
    while index > token, text[index - 1] == UInt8(ascii: ".") { index -= 1 }
    return isToken(token..<index, in: text) ? token..<index : nil
  }

  private static func isOfToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): true
    default: byte.isBase64URL
    }
  }

  /// Tells tokens from words (`Bearer authentication-scheme`) and from what stands for a token (`xxxx...`): they have
  /// digits, or are one word of 16 letters or more, and have many different characters.
  private static func isToken(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
    guard range.count >= 16 else { return false }
    var seen: [UInt8] = []
    var (hasDigit, isOneWord) = (false, true)
    for index in range {
      let byte = text[index]
      if seen.count < 5, !seen.contains(byte) { seen.append(byte) }
      if byte.isDigit { hasDigit = true }
      if !byte.isAlphanumeric { isOneWord = false }
    }
    return seen.count == 5 && (hasDigit || isOneWord)
  }

  // MARK: JSON web tokens

  /// The web token that starts at an index: three parts of base64url, the first of them a JSON object with `alg`.
  static func webToken(at start: Int, in text: Span<UInt8>) -> Range<Int>? {
    // What every object begins with in base64: `{` and a quote or white space.
    guard start + 1 < text.count, text[start + 1] == UInt8(ascii: "y") || text[start + 1] == UInt8(ascii: "w"),
      start == 0 || !text[start - 1].isBase64URL
    else { return nil }
    let header = part(from: start, in: text)
    guard header.count <= longestHeader, isDot(header.upperBound, in: text) else { return nil }
    let payload = part(from: header.upperBound + 1, in: text)
    guard !payload.isEmpty, isDot(payload.upperBound, in: text) else { return nil }
    let signature = part(from: payload.upperBound + 1, in: text)
    guard !signature.isEmpty, hasAlgorithm(Base64URL.decode(header, in: text)) else { return nil }
    return start..<signature.upperBound
  }

  private static func part(from start: Int, in text: Span<UInt8>) -> Range<Int> {
    var end = start
    while end < text.count, text[end].isBase64URL { end += 1 }
    return start..<end
  }

  private static func isDot(_ index: Int, in text: Span<UInt8>) -> Bool {
    index < text.count && text[index] == UInt8(ascii: ".")
  }

  private static func hasAlgorithm(_ header: [UInt8]) -> Bool {
    var reader = LenientJSONReader(header)
    guard reader.enterObject() else { return false }
    while let key = reader.nextKey() {
      if reader.holds(key, "alg"), reader.string() != nil { return true }
      reader.skip()
    }
    return false
  }
}
