/// Looks at all strings and long numbers of a value of JSON, each with the path of keys that leads to it. Strings that are
/// JSON themselves, as the console and network plugins write them, are looked into.
struct KeyedStrings {
  /// An object or array that is being read; the key is that of the member it is at.
  private struct Level {
    var key: LenientJSONReader.Text?
    var isArray: Bool
  }

  /// How many keys are shown.
  private static let shown = 4
  /// JSON in JSON in JSON.
  private static let mostNesting = 3
  private static let shortestNumber = 13

  let place: FindingPlace
  /// What stands before each path: the tag of a custom event, the name of a plugin.
  let head: String

  /// Looks at the value that comes next.
  func walk(_ reader: inout LenientJSONReader, _ sightings: inout Sightings) {
    walk(&reader, below: [], nesting: 0, &sightings)
  }

  private func walk(
    _ reader: inout LenientJSONReader, below keys: [String], nesting: Int, _ sightings: inout Sightings
  ) {
    var levels: [Level] = []
    take(&reader, &levels, keys, nesting, &sightings)
    while let last = levels.indices.last {
      if levels[last].isArray {
        if reader.nextElement() {
          take(&reader, &levels, keys, nesting, &sightings)
        } else {
          levels.removeLast()
        }
      } else if let key = reader.nextKey() {
        levels[last].key = key
        sightings.look(at: key, of: reader, place, owner(levels, keys, reader))
        take(&reader, &levels, keys, nesting, &sightings)
      } else {
        levels.removeLast()
      }
    }
  }

  private func take(
    _ reader: inout LenientJSONReader, _ levels: inout [Level], _ keys: [String], _ nesting: Int,
    _ sightings: inout Sightings
  ) {
    if reader.enterObject() {
      levels.append(Level(key: nil, isArray: false))
    } else if reader.enterArray() {
      levels.append(Level(key: nil, isArray: true))
    } else if let text = reader.string() {
      if Sightings.isEncodedContent(text, of: reader) { return }
      if nesting < Self.mostNesting, Self.mayBeJSON(text, of: reader) {
        let characters = reader.characters(text)
        let path = self.path(levels, keys, reader)
        let known = sightings.count
        var inner = LenientJSONReader(characters)
        walk(&inner, below: path, nesting: nesting + 1, &sightings)
        if inner.isAtEnd() { return }
        // It only began like JSON.
        sightings.keep(known)
      }
      look(at: text, of: reader, levels, keys, &sightings)
    } else if let number = reader.scalar() {
      guard number.count >= Self.shortestNumber else { return }
      look(at: LenientJSONReader.Text(range: number, hasEscapes: false), of: reader, levels, keys, &sightings)
    } else {
      reader.skip()
    }
  }

  private func look(
    at text: LenientJSONReader.Text, of reader: LenientJSONReader, _ levels: [Level], _ keys: [String],
    _ sightings: inout Sightings
  ) {
    let name = levels.last { !$0.isArray }?.key.map { reader.bytes[$0.range] }
    sightings.look(
      at: text, of: reader, takesBareCards: !(name.map { IdentifierName.matches($0) } ?? false), place,
      owner(levels, keys, reader))
  }

  private static func mayBeJSON(_ text: LenientJSONReader.Text, of reader: LenientJSONReader) -> Bool {
    guard text.range.count > 2 else { return false }
    let (first, second) = (reader.bytes[text.range.lowerBound], reader.bytes[text.range.lowerBound + 1])
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
      || first == UInt8(ascii: "\\") && second == UInt8(ascii: "\"")
  }

  private func owner(_ levels: [Level], _ keys: [String], _ reader: LenientJSONReader) -> Sighting.Owner {
    let path = self.path(levels, keys, reader).suffix(Self.shown).joined(separator: ".")
    return .keys(head.isEmpty ? path : "\(head): \(path)")
  }

  /// `requests[]`, `requestHeaders`, `Authorization`.
  private func path(_ levels: [Level], _ keys: [String], _ reader: LenientJSONReader) -> [String] {
    var path = keys
    for level in levels {
      if level.isArray {
        if path.isEmpty { path.append("[]") } else { path[path.count - 1] += "[]" }
      } else if let key = level.key {
        path.append(ShownName.key(reader.characters(key)))
      }
    }
    // Deeper than is shown nobody needs it, and arrays in arrays in arrays would make it long.
    return path.suffix(Self.shown).map { String($0.prefix(64)) }
  }
}
