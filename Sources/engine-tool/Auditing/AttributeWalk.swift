/// Reads the attributes of an element.
enum AttributeWalk {
  /// What holds style, shapes or images: nothing of a visitor's, but long numbers.
  private static func isDrawn(_ key: LenientJSONReader.Text, of reader: LenientJSONReader) -> Bool {
    switch key.range.count {
    case 1: reader.holds(key, "d")
    case 5: reader.holds(key, "style") || reader.holds(key, "nonce")
    case 6: reader.holds(key, "points")
    case 7: reader.holds(key, "viewBox")
    case 8: reader.holds(key, "_cssText")
    case 9: reader.holds(key, "transform") || reader.holds(key, "integrity")
    case 10: reader.holds(key, "rr_dataURL")
    default: false
    }
  }

  /// Reads the object of attributes that comes next, or passes over what else does. Calls `label` for those that elements
  /// are called by; with nil where the attribute is gone.
  static func read(
    _ reader: inout LenientJSONReader, of owner: Sighting.Owner, _ sightings: inout Sightings,
    label: (PageNode.Label, ArraySlice<UInt8>?) -> Void
  ) {
    guard reader.enterObject() else { return reader.skip() }
    while let key = reader.nextKey() {
      if isDrawn(key, of: reader) {
        reader.skip()
        continue
      }
      let kind = Self.label(key, of: reader)
      guard let text = reader.string() else {
        reader.skip()
        if kind != .none { label(kind, nil) }
        continue
      }
      if kind != .none, !text.hasEscapes { label(kind, reader.bytes[text.range]) }
      if Sightings.isEncodedContent(text, of: reader) { continue }
      sightings.look(
        at: text, of: reader, takesBareCards: !IdentifierName.matches(reader.bytes[key.range]),
        place(key, of: reader), owner)
    }
  }

  private static func label(_ key: LenientJSONReader.Text, of reader: LenientJSONReader) -> PageNode.Label {
    switch key.range.count {
    case 2: reader.holds(key, "id") ? .id : .none
    case 4: reader.holds(key, "name") ? .name : .none
    case 5: reader.holds(key, "class") ? .class : .none
    default: .none
    }
  }

  private static func place(_ key: LenientJSONReader.Text, of reader: LenientJSONReader) -> FindingPlace {
    if reader.holds(key, "value") { return .input }
    let name = reader.bytes[key.range]
    return .attribute(ShownName.isElementName(name) ? String(decoding: name, as: UTF8.self) : "*")
  }
}
