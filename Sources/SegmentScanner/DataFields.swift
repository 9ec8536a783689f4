/// What was seen of an event's `data`; where one of its keys repeats, the first value.
struct DataFields {
  /// `source`, if it is an integer of 0-65,535; `type` likewise.
  private(set) var source: Int?
  private var type: Int?
  /// `href`, if it is a string.
  private(set) var href: JSONReader.Text?
  private var plugin: JSONReader.Text?
  /// `payload`, if it is an array or object: its bytes.
  private var payload: Range<Int>?
  /// A bit for each of these that has been seen, in this order from the lowest up.
  private var seen: UInt8 = 0

  private static let maximumInteger = 65_535

  /// A mouse click, if the event is incremental.
  var isClick: Bool { source == 2 && type == 2 }

  /// Reads the value of `data`; the reader moves beyond it. Sets `packed` where it, or a member of it, is a string the
  /// recorder has compressed something into.
  @inline(__always)
  mutating func read(
    _ reader: inout JSONReader, maximumDepth: Int, flags: inout EventFlags
  ) throws(JSONReader.Fault) {
    switch try reader.peek() {
    case Ascii.openBrace: break
    case Ascii.quote:
      let text = try reader.string()
      if JSONText.isPacked(text, in: reader.bytes) { flags.insert(.packed) }
      return
    default: return try reader.skipValue(maximumDepth: maximumDepth - 1)
    }
    guard maximumDepth > 1 else { throw JSONReader.Fault(reason: .nestingTooDeep, position: reader.position) }
    reader.position += 1
    var isFirst = true
    while let key = try reader.nextKey(isFirst: isFirst) {
      isFirst = false
      let name = FieldName.of(key, in: reader.bytes)
      let byte = try reader.peek()
      if byte == Ascii.quote {
        let text = try reader.string()
        if JSONText.isPacked(text, in: reader.bytes) { flags.insert(.packed) }
        guard isNew(name) else { continue }
        if name == .href { href = text }
        if name == .plugin { plugin = text }
      } else if byte == Ascii.openBrace || byte == Ascii.openBracket {
        let start = reader.position
        try reader.skipContainer(maximumDepth: maximumDepth - 2)
        if isNew(name), name == .payload { payload = start..<reader.position }
      } else if Ascii.isDigit(byte) || byte == Ascii.minus {
        let number = try JSONNumber(from: &reader)
        guard isNew(name) else { continue }
        if name == .source { source = number.integer(upTo: Self.maximumInteger, in: reader.bytes) }
        if name == .type { type = number.integer(upTo: Self.maximumInteger, in: reader.bytes) }
      } else {
        try reader.skipScalar()
        _ = isNew(name)
      }
    }
  }

  /// True if a key is one of those that count and has not been seen before.
  @inline(__always)
  private mutating func isNew(_ name: FieldName) -> Bool {
    let bit: UInt8
    switch name {
    case .source: bit = 1
    case .type: bit = 2
    case .href: bit = 4
    case .plugin: bit = 8
    case .payload: bit = 16
    default: return false
    }
    defer { seen |= bit }
    return seen & bit == 0
  }

  /// A line of level "error" of rrweb's console plugin, if the event is of a plugin. The payload has been skipped once,
  /// so its brackets match; where its own grammar is broken before the level, it just is no error.
  func isError(in bytes: ScannedBytes) -> Bool {
    guard let plugin, JSONText.isEqual(plugin, "rrweb/console@1", in: bytes),
      let payload, bytes[payload.lowerBound] == Ascii.openBrace
    else { return false }
    var reader = JSONReader(bytes, position: payload.lowerBound + 1, end: payload.upperBound)
    var isFirst = true
    do throws(JSONReader.Fault) {
      while let key = try reader.nextKey(isFirst: isFirst) {
        isFirst = false
        if FieldName.of(key, in: bytes) == .level {
          guard try reader.peek() == Ascii.quote else { return false }
          return JSONText.isEqual(try reader.string(), "error", in: bytes)
        }
        try reader.skipValue(maximumDepth: ScannedBytes.maximumDepth)
      }
    } catch {
      return false
    }
    return false
  }
}
