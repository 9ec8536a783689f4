/// Reads one event of a batch: the fields that say what it is, and where it ends.
///
/// At the level of the event and of its `data` object the grammar of JSON is checked in full (keys, colons, commas,
/// scalars); below, only what `JSONReader` checks of containers it skips. Escape sequences and UTF-8 are not checked
/// anywhere.
struct EventParser {
  /// An element of the batch that reads as JSON at the levels looked at.
  struct Element {
    var type: Int32 = -1
    var kind = EventKind.packed
    var timestamp = Double.nan
    var flags: EventFlags = []
    /// The address of a Meta event.
    var href: JSONReader.Text?
    /// The first thing that keeps it from being an event, if any does.
    var problem: JSONReader.Fault?
  }

  let maximumDepth: Int
  /// Types above are refused.
  private static let maximumType = 65_535

  /// Reads an element from its first byte; the reader moves beyond its last. Throws where that cannot be found, as the
  /// element is no JSON or ends too late.
  @inline(__always)
  func parse(_ reader: inout JSONReader) throws(JSONReader.Fault) -> Element {
    reader.hasLineBreaks = false
    if try reader.peek() == Ascii.openBrace { return try object(&reader) }
    return try other(&reader)
  }

  private func other(_ reader: inout JSONReader) throws(JSONReader.Fault) -> Element {
    var element = Element()
    let start = reader.position
    let byte = try reader.peek()
    if byte == Ascii.closeBrace { throw JSONReader.Fault(reason: .mismatchedBracket, position: start) }
    if byte == Ascii.quote {
      let text = try reader.string()
      if JSONText.isPacked(text, in: reader.bytes) {
        element.flags = .packed
        return element
      }
    } else {
      try reader.skipValue(maximumDepth: maximumDepth)
    }
    element.problem = JSONReader.Fault(reason: .notAnObject, position: start)
    return element
  }

  @inline(__always)
  private func object(_ reader: inout JSONReader) throws(JSONReader.Fault) -> Element {
    let start = reader.position
    let bytes = reader.bytes
    var element = Element()
    var fields = DataFields()
    var type: Int?
    var hasType = false
    var hasTimestamp = false
    var hasData = false
    var isFirst = true
    reader.position += 1

    while let key = try reader.nextKey(isFirst: isFirst) {
      isFirst = false
      let place = key.range.lowerBound - 1
      switch FieldName.of(key, in: bytes) {
      case .type:
        if hasType { note(.duplicateField, at: place, in: &element) }
        hasType = true
        let value = reader.position
        type = try integer(&reader, upTo: Self.maximumType, depth: 1)
        if type == nil { note(.badType, at: value, in: &element) }
      case .timestamp:
        if hasTimestamp { note(.duplicateField, at: place, in: &element) }
        hasTimestamp = true
        try timestamp(&reader, into: &element)
      case .data:
        if hasData { note(.duplicateField, at: place, in: &element) }
        hasData = true
        try fields.read(&reader, maximumDepth: maximumDepth, flags: &element.flags)
      case .compressionVersion:
        if try reader.peek() == Ascii.quote { element.flags.insert(.packed) }
        try reader.skipValue(maximumDepth: maximumDepth - 1)
      default:
        try reader.skipValue(maximumDepth: maximumDepth - 1)
      }
    }

    if !hasType { note(.missingType, at: start, in: &element) }
    if !hasTimestamp { note(.missingTimestamp, at: start, in: &element) }
    guard let type, element.problem == nil else { return element }
    element.type = Int32(truncatingIfNeeded: type)
    element.kind = EventKind.of(type: type, source: fields.source)
    if reader.hasLineBreaks { element.flags.insert(.hasLineBreaks) }
    switch type {
    case 3: if fields.isClick { element.flags.insert(.click) }
    case 4: element.href = fields.href
    case 6: if fields.isError(in: bytes) { element.flags.insert(.error) }
    default: break
    }
    return element
  }

  @inline(never)
  private func note(_ reason: ScanError.Reason, at place: Int, in element: inout Element) {
    if element.problem == nil { element.problem = JSONReader.Fault(reason: reason, position: place) }
  }

  /// A value of `depth` open brackets, if it is an integer of 0...limit.
  @inline(__always)
  private func integer(
    _ reader: inout JSONReader, upTo limit: Int, depth: Int
  ) throws(JSONReader.Fault) -> Int? {
    let byte = try reader.peek()
    guard Ascii.isDigit(byte) else {
      try reader.skipValue(maximumDepth: maximumDepth - depth)
      return nil
    }
    return try JSONNumber(from: &reader).integer(upTo: limit, in: reader.bytes)
  }

  @inline(__always)
  private func timestamp(_ reader: inout JSONReader, into element: inout Element) throws(JSONReader.Fault) {
    let place = reader.position
    let byte = try reader.peek()
    guard Ascii.isDigit(byte) || byte == Ascii.minus else {
      return try badTimestamp(&reader, byte, into: &element)
    }
    let number = try JSONNumber(from: &reader)
    let value = number.value(in: reader.bytes)
    element.timestamp = value
    if number.isNegative {
      note(.negativeTimestamp, at: place, in: &element)
    } else if !value.isFinite {
      note(.badTimestamp(.infinite), at: place, in: &element)
    }
  }

  @inline(never)
  private func badTimestamp(
    _ reader: inout JSONReader, _ byte: UInt8, into element: inout Element
  ) throws(JSONReader.Fault) {
    let place = reader.position
    let problem: ScanError.BadTimestamp
    switch byte {
    case Ascii.quote: problem = .string
    case Ascii.openBrace, Ascii.openBracket: problem = .container
    case UInt8(ascii: "n"): problem = .null
    case UInt8(ascii: "t"), UInt8(ascii: "f"): problem = .boolean
    // The last two are no JSON, but say plainly enough what went wrong in the recorder.
    case UInt8(ascii: "N"): throw JSONReader.Fault(reason: .badTimestamp(.notANumber), position: place)
    case UInt8(ascii: "I"): throw JSONReader.Fault(reason: .badTimestamp(.infinite), position: place)
    default: throw reader.unexpected(byte)
    }
    try reader.skipValue(maximumDepth: maximumDepth - 1)
    note(.badTimestamp(problem), at: place, in: &element)
  }
}
