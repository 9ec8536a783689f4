/// The keys that mean something to a scan, at whatever depth they stand.
enum FieldName {
  case type, timestamp, data, source, href, plugin, payload, level, compressionVersion, other

  /// What a key means, its escapes undone. (`cv` is where posthog-js names how it has compressed an event.)
  @inline(__always)
  static func of(_ key: JSONReader.Text, in bytes: ScannedBytes) -> FieldName {
    if key.isEscaped { return ofEscaped(key, in: bytes) }
    let start = key.range.lowerBound
    switch key.range.count {
    case 2: return bytes.hasText("cv", at: start) ? .compressionVersion : .other
    case 4:
      switch bytes.load(start, as: UInt32.self) {
      case word("type"): return .type
      case word("data"): return .data
      case word("href"): return .href
      default: return .other
      }
    case 5: return bytes.hasText("level", at: start) ? .level : .other
    case 6:
      if bytes.load(start, as: UInt32.self) == word("sour") {
        return bytes.hasText("ce", at: start + 4) ? .source : .other
      }
      return bytes.hasText("plugin", at: start) ? .plugin : .other
    case 7: return bytes.hasText("payload", at: start) ? .payload : .other
    case 9: return bytes.hasText("timestamp", at: start) ? .timestamp : .other
    default: return .other
    }
  }

  @inline(never)
  private static func ofEscaped(_ key: JSONReader.Text, in bytes: ScannedBytes) -> FieldName {
    let names: [(StaticString, FieldName)] = [
      ("type", .type), ("timestamp", .timestamp), ("data", .data), ("source", .source), ("href", .href),
      ("plugin", .plugin), ("payload", .payload), ("level", .level), ("cv", .compressionVersion),
    ]
    for (name, field) in names where JSONText.isEqual(key, name, in: bytes) { return field }
    return .other
  }

  /// Four characters as a little-endian word.
  @inline(__always)
  private static func word(_ text: StaticString) -> UInt32 {
    precondition(text.utf8CodeUnitCount == 4)
    return text.withUTF8Buffer { buffer in
      unsafe UInt32(buffer[0]) | UInt32(buffer[1]) << 8 | UInt32(buffer[2]) << 16 | UInt32(buffer[3]) << 24
    }
  }
}
