/// Reads JSON (RFC 8259) strictly: one value, nothing but white space around it, UTF-8 without exceptions.
///
/// Linear in the bytes; never traps, whatever they are. Depth and length are bounded, so neither the stack nor the memory
/// can be exhausted.
struct DocumentReader {
  /// The largest document, bytes.
  static let maximumBytes = 256 << 10
  /// Arrays and objects within each other.
  static let maximumDepth = 16

  let bytes: [UInt8]
  var position = 0

  /// The value a document consists of. Throws `.invalidPolicy` with the place where it stops being JSON.
  static func read(_ bytes: [UInt8]) throws(StoreError) -> DocumentValue {
    guard bytes.count <= maximumBytes else {
      throw StoreError(
        .invalidPolicy, "the document: \(bytes.count) bytes were given, at most \(maximumBytes) are expected")
    }
    var reader = DocumentReader(bytes: bytes)
    guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
      throw reader.fault("a document without a byte order mark is expected")
    }
    let value = try reader.value(depth: 1)
    reader.skipSpace()
    guard reader.next == nil else { throw reader.fault("the end of the document is expected") }
    return value
  }

  /// The byte to come; nil at the end.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func value(depth: Int) throws(StoreError) -> DocumentValue {
    skipSpace()
    let start = position
    let content: DocumentValue.Content
    // At the end of the bytes there is none of these, as if it were the null character.
    switch next ?? 0 {
    case UInt8(ascii: "{"): content = .object(try object(depth: depth))
    case UInt8(ascii: "["): content = .array(try array(depth: depth))
    case UInt8(ascii: "\""): content = .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): content = try number()
    default: content = try word()
    }
    return DocumentValue(content: content, offset: start)
  }

  private mutating func object(depth: Int) throws(StoreError) -> [DocumentValue.Member] {
    try checkDepth(depth)
    position += 1
    var members: [DocumentValue.Member] = []
    if takes("}") { return members }
    repeat {
      skipSpace()
      let start = position
      guard next == UInt8(ascii: "\"") else { throw fault("the name of a field, in quotes, is expected") }
      let name = try string()
      guard takes(":") else { throw fault("a colon is expected") }
      members.append(.init(name: name, offset: start, value: try value(depth: depth + 1)))
    } while takes(",")
    guard takes("}") else { throw fault("a comma or } is expected") }
    return members
  }

  private mutating func array(depth: Int) throws(StoreError) -> [DocumentValue] {
    try checkDepth(depth)
    position += 1
    var elements: [DocumentValue] = []
    if takes("]") { return elements }
    repeat {
      elements.append(try value(depth: depth + 1))
    } while takes(",")
    guard takes("]") else { throw fault("a comma or ] is expected") }
    return elements
  }

  private func checkDepth(_ depth: Int) throws(StoreError) {
    guard depth <= Self.maximumDepth else {
      throw fault("at most \(Self.maximumDepth) arrays and objects within each other are expected")
    }
  }

  private mutating func word() throws(StoreError) -> DocumentValue.Content {
    let words: [(StaticString, DocumentValue.Content)] = [
      ("true", .boolean(true)), ("false", .boolean(false)), ("null", .null),
    ]
    for (word, content) in words where bytes[position...].starts(with: word.description.utf8) {
      position += word.utf8CodeUnitCount
      return content
    }
    throw fault("a value is expected")
  }

  /// Skips white space and then the byte, where it is there.
  private mutating func takes(_ byte: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }
}
