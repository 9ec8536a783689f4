import SegmentScanner

/// What the scanner is held against: reads one byte after the other, knows nothing of blocks, and says the same.
struct SlowScanner {
  struct Failure: Error, Equatable {
    var reason: ScanError.Reason
    var offset: Int
    var ordinal: Int
  }

  private let bytes: [UInt8]
  private var place = 0
  private var ordinal = 0
  private var depth = 0
  private var lineBreaks = false
  private let maximumDepth: Int
  private let receiveTime: Double

  init(_ bytes: [UInt8], maximumDepth: Int = 4_096, receiveTime: Double = 7) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    self.receiveTime = receiveTime
  }

  private func failure(_ reason: ScanError.Reason, _ offset: Int? = nil) -> Failure {
    Failure(reason: reason, offset: offset ?? place, ordinal: ordinal)
  }

  private var byte: UInt8? { place < bytes.count ? bytes[place] : nil }

  private func current() throws(Failure) -> UInt8 {
    guard let byte else { throw failure(.truncated) }
    return byte
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 10 || byte == 13 || byte == 9 }

  private mutating func spaces() {
    while let byte, isSpace(byte) {
      if byte == 10 || byte == 13 { lineBreaks = true }
      place += 1
    }
  }

  mutating func scan() throws(Failure) -> [ScannedEvent] {
    var events: [ScannedEvent] = []
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    spaces()
    let isArray = byte == UInt8(ascii: "[")
    if isArray {
      place += 1
      spaces()
      if byte == UInt8(ascii: "]") {
        place += 1
        spaces()
        throw byte == nil ? failure(.emptyBatch, bytes.count) : garbage()
      }
    }
    while true {
      spaces()
      if !isArray, byte == nil { break }
      if isArray, byte == UInt8(ascii: "]") { throw failure(.notJSON) }
      let start = place
      lineBreaks = false
      let (event, problem) = try element(start)
      if isArray {
        spaces()
        if let byte, byte != UInt8(ascii: ","), byte != UInt8(ascii: "]") { throw garbage() }
      } else if let byte, !isSpace(byte) {
        throw garbage()
      }
      if let problem { throw problem }
      events.append(event)
      ordinal += 1
      if isArray {
        let separator = try current()
        place += 1
        if separator == UInt8(ascii: "]") {
          spaces()
          if byte != nil { throw garbage() }
          break
        }
      }
    }
    if events.isEmpty { throw failure(.emptyBatch, bytes.count) }
    return events
  }

  private func garbage() -> Failure { failure(bytes[place] < 32 ? .controlCharacter : .trailingGarbage) }

  // MARK: Elements

  private mutating func element(_ start: Int) throws(Failure) -> (ScannedEvent, Failure?) {
    var event = ScannedEvent(
      offset: start, length: 0, timestamp: receiveTime, type: -1, kind: .packed, flags: .packed)
    switch try current() {
    case UInt8(ascii: "{"): break
    case UInt8(ascii: "}"): throw failure(.mismatchedBracket)
    case UInt8(ascii: "\""):
      let text = try string()
      event.length = place - start
      return (event, isPacked(text) ? nil : failure(.notAnObject, start))
    default:
      depth = 0
      try value()
      return (event, failure(.notAnObject, start))
    }

    var problem: Failure?
    var seen: Set<String> = []
    var type: Int?
    var isCompressed = false
    var data: [String: Found] = [:]
    event.timestamp = -1
    place += 1
    depth = 1
    try members { (self, key, keyPlace) throws(Failure) in
      let valuePlace = self.place
      var found: Found
      if key == "data" || key == "type" || key == "timestamp" {
        if !seen.insert(key).inserted, problem == nil { problem = self.failure(.duplicateField, keyPlace) }
      }
      if key == "timestamp", self.byte == UInt8(ascii: "N") { throw self.failure(.badTimestamp(.notANumber)) }
      if key == "timestamp", self.byte == UInt8(ascii: "I") { throw self.failure(.badTimestamp(.infinite)) }
      if key == "data", self.byte == UInt8(ascii: "{") {
        if self.depth >= self.maximumDepth { throw self.failure(.nestingTooDeep) }
        self.place += 1
        self.depth += 1
        try self.members { (self, key, _) throws(Failure) in
          let found = try self.found()
          if case .text(let text) = found, self.isPacked(text) { isCompressed = true }
          if data[key] == nil { data[key] = found }
        }
        self.depth -= 1
        return
      }
      found = try self.found()
      if case .text(let text) = found, key == "cv" || (key == "data" && self.isPacked(text)) { isCompressed = true }
      if key == "type" {
        type = self.integer(found, upTo: 65_535)
        if type == nil, problem == nil { problem = self.failure(.badType, valuePlace) }
      }
      if key == "timestamp" {
        let reason = self.timestamp(found, &event)
        if let reason, problem == nil { problem = self.failure(reason, valuePlace) }
      }
    }
    if !seen.contains("type"), problem == nil { problem = failure(.missingType, start) }
    if !seen.contains("timestamp"), problem == nil { problem = failure(.missingTimestamp, start) }
    event.length = place - start
    if problem != nil { return (event, problem) }
    describe(&event, type ?? -1, data)
    if isCompressed { event.flags.insert(.packed) }
    if lineBreaks { event.flags.insert(.hasLineBreaks) }
    return (event, nil)
  }

  private func describe(_ event: inout ScannedEvent, _ type: Int, _ data: [String: Found]) {
    event.flags = []
    event.type = Int32(type)
    let source = integer(data["source"] ?? .other, upTo: 65_535)
    event.kind = EventKind.of(type: type, source: source)
    if type == 3, source == 2, integer(data["type"] ?? .other, upTo: 65_535) == 2 { event.flags.insert(.click) }
    guard type == 6, case .text(let plugin)? = data["plugin"], text(plugin) == "rrweb/console@1",
      case .container(let range)? = data["payload"], bytes[range.lowerBound] == UInt8(ascii: "{")
    else { return }
    var inner = SlowScanner(Array(bytes[range.lowerBound + 1..<range.upperBound]), maximumDepth: maximumDepth)
    inner.depth = 0
    var level: Found?
    do throws(Failure) {
      try inner.members { (self, key, _) throws(Failure) in
        let isLevel = key == "level" && level == nil
        let found = try self.found()
        if isLevel { level = found }
        // What follows is not looked at.
        if isLevel { throw self.failure(.notJSON) }
      }
    } catch {}
    if case .text(let range)? = level, inner.text(range) == "error" { event.flags.insert(.error) }
  }

  private func timestamp(_ found: Found, _ event: inout ScannedEvent) -> ScanError.Reason? {
    switch found {
    case .text: return .badTimestamp(.string)
    case .container: return .badTimestamp(.container)
    case .boolean: return .badTimestamp(.boolean)
    case .other: return .badTimestamp(.null)
    case .number(let text):
      if text.hasPrefix("-") { return .negativeTimestamp }
      event.timestamp = Double(text) ?? .infinity
      return event.timestamp.isFinite ? nil : .badTimestamp(.infinite)
    }
  }

  // MARK: Values

  enum Found {
    case text(Range<Int>)
    case container(Range<Int>)
    case number(String)
    case boolean, other
  }

  private func integer(_ found: Found, upTo limit: Int) -> Int? {
    guard case .number(let text) = found, !text.hasPrefix("-"), let value = Double(text), value <= Double(limit) else {
      return nil
    }
    return Double(Int(value)) == value ? Int(value) : nil
  }

  private mutating func members(
    _ body: (inout SlowScanner, String, Int) throws(Failure) -> Void
  ) throws(Failure) {
    var isFirst = true
    while true {
      spaces()
      if try current() == UInt8(ascii: "}") { break }
      if !isFirst {
        if try current() != UInt8(ascii: ",") { throw unexpected() }
        place += 1
        spaces()
      }
      isFirst = false
      if try current() != UInt8(ascii: "\"") { throw unexpected() }
      let keyPlace = place
      let key = try string()
      spaces()
      if try current() != UInt8(ascii: ":") { throw unexpected() }
      place += 1
      spaces()
      try body(&self, text(key), keyPlace)
    }
    place += 1
  }

  private func unexpected() -> Failure {
    let byte = bytes[place]
    return failure(byte == UInt8(ascii: "]") ? .mismatchedBracket : byte < 32 ? .controlCharacter : .notJSON)
  }

  private mutating func found() throws(Failure) -> Found {
    let start = place
    switch try current() {
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      try container()
      return .container(start..<place)
    case UInt8(ascii: "t"), UInt8(ascii: "f"):
      try value()
      return .boolean
    case UInt8(ascii: "n"):
      try value()
      return .other
    default:
      try value()
      return .number(String(decoding: bytes[start..<place], as: UTF8.self))
    }
  }

  private mutating func value() throws(Failure) {
    switch try current() {
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "{"), UInt8(ascii: "["): try container()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: try number()
    }
  }

  private mutating func word(_ word: String) throws(Failure) {
    for wanted in word.utf8 {
      if try current() != wanted { throw unexpected() }
      place += 1
    }
  }

  private var isDigit: Bool { byte.map { 48...57 ~= $0 } ?? false }

  private mutating func number() throws(Failure) {
    if try current() == UInt8(ascii: "-") { place += 1 }
    if try current() == UInt8(ascii: "0") {
      place += 1
      if isDigit { throw unexpected() }
    } else {
      try digits()
    }
    if byte == UInt8(ascii: ".") {
      place += 1
      try digits()
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      place += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { place += 1 }
      try digits()
    }
  }

  private mutating func digits() throws(Failure) {
    _ = try current()
    if !isDigit { throw unexpected() }
    while isDigit { place += 1 }
  }

  private mutating func string() throws(Failure) -> Range<Int> {
    place += 1
    let start = place
    while true {
      let byte = try current()
      if byte < 32 { throw failure(.controlCharacter) }
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        place += 1
        if try current() < 32 { throw failure(.controlCharacter) }
      }
      place += 1
    }
    place += 1
    return start..<place - 1
  }

  private mutating func container() throws(Failure) {
    var open: [UInt8] = []
    repeat {
      let byte = try current()
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if depth + open.count >= maximumDepth { throw failure(.nestingTooDeep) }
        open.append(byte + 2)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if open.last != byte { throw failure(.mismatchedBracket) }
        open.removeLast()
      case UInt8(ascii: "\""):
        _ = try string()
        continue
      case 10, 13: lineBreaks = true
      case 9: break
      case ..<32: throw failure(.controlCharacter)
      case UInt8(ascii: "\\"): throw failure(.notJSON)
      default: break
      }
      place += 1
    } while !open.isEmpty
  }

  // MARK: Text

  private func text(_ range: Range<Int>) -> String {
    var scalars = ""
    for point in points(range, limit: .max) { scalars.unicodeScalars.append(Unicode.Scalar(point) ?? "\u{FFFD}") }
    return scalars
  }

  private func isPacked(_ range: Range<Int>) -> Bool {
    let start = points(range, limit: 2)
    if start.count < 2 { return false }
    return start == [0x1F, 0x8B] || (start[0] == 0x78 && [0x01, 0x5E, 0x9C, 0xDA].contains(start[1]))
  }

  /// The code points of a string, escapes undone, surrogate pairs left as two.
  private func points(_ range: Range<Int>, limit: Int) -> [UInt32] {
    var result: [UInt32] = []
    var rest = bytes[range]
    while let byte = rest.first, result.count < limit {
      if byte == UInt8(ascii: "\\") {
        let letter = rest.dropFirst().first ?? 0
        if letter == UInt8(ascii: "u"), rest.count >= 6, rest.dropFirst(2).prefix(4).allSatisfy(isHex),
          let point = UInt32(String(decoding: rest.dropFirst(2).prefix(4), as: UTF8.self), radix: 16)
        {
          result.append(point)
          rest = rest.dropFirst(6)
        } else {
          let simple: [UInt8: UInt32] = [98: 8, 102: 12, 110: 10, 114: 13, 116: 9, 34: 34, 47: 47, 92: 92]
          result.append(simple[letter] ?? 0xFFFD)
          rest = rest.dropFirst(2)
        }
      } else {
        let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        if let scalar = String(validating: rest.prefix(length), as: UTF8.self)?.unicodeScalars.first {
          result.append(scalar.value)
          rest = rest.dropFirst(length)
        } else {
          result.append(0xFFFD)
          rest = rest.dropFirst()
        }
      }
    }
    return result
  }

  private func isHex(_ byte: UInt8) -> Bool {
    48...57 ~= byte || 65...70 ~= byte || 97...102 ~= byte
  }
}
