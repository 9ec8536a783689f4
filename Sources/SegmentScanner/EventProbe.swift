/// Reads type and time of an event that is known to be valid because it was scanned when it was stored.
package enum EventProbe {
  /// The type, kind and timestamp (milliseconds since 1970) of the event that `line` holds.
  ///
  /// Looks at the head and tail of the line, where rrweb writes them (`{"type":N, ... ,"timestamp":N}`, and for
  /// incremental events `{"type":3,"data":{"source":N`), in constant time; where they do not stand there, scans the
  /// line in full. Of an event that a scan accepts it tells the same as the scan did. Of anything else nothing is
  /// promised: what stands between head and tail is not looked at. Nil if the line, then scanned in full, is no event.
  /// For an event packed whole into a string the type is -1 and the timestamp NaN.
  package static func probe(
    _ line: RawSpan, limits: ScanLimits = ScanLimits()
  ) -> (type: Int32, kind: EventKind, timestamp: Double)? {
    line.withScannedBytes { bytes in
      if let head = head(bytes), let timestamp = tail(bytes) {
        return (head.type, head.kind, timestamp)
      }
      return scan(bytes, limits)
    }
  }

  // A scan refuses a second type, timestamp or data, and lets the first source count: so the first key at the head is
  // the one the scan took.
  @inline(__always)
  private static func head(_ bytes: ScannedBytes) -> (type: Int32, kind: EventKind)? {
    guard bytes.count >= 32, bytes.load(0, as: UInt64.self) == word("{\"type\":") else { return nil }
    var place = 8
    guard let type = integer(bytes, &place), bytes[place] == Ascii.comma else { return nil }
    guard type == 3 else { return (Int32(truncatingIfNeeded: type), EventKind.of(type: type, source: nil)) }
    guard bytes.load(10, as: UInt64.self) == word("\"data\":{"),
      bytes.load(18, as: UInt64.self) == word("\"source\""), bytes[26] == Ascii.colon
    else { return nil }
    place = 27
    guard let source = integer(bytes, &place), bytes[place] == Ascii.comma || bytes[place] == Ascii.closeBrace else {
      return nil
    }
    return (3, EventKind.of(type: 3, source: source))
  }

  /// An integer of one or two digits, ahead of at least one more byte.
  @inline(__always)
  private static func integer(_ bytes: ScannedBytes, _ place: inout Int) -> Int? {
    let first = bytes[place] &- Ascii.zero
    guard first < 10 else { return nil }
    place += 1
    let second = bytes[place] &- Ascii.zero
    guard second < 10 else { return Int(first) }
    place += 1
    return Int(first) * 10 + Int(second)
  }

  // The line ends in `,"timestamp":N}`. Behind N there is no quote, so the quote before the colon is the last one of
  // the line and closes a key; no backslash stands before the quote that follows the comma, so that one is a quote of
  // JSON too, and as the event's grammar is valid at this level it is the one that opens the key.
  @inline(__always)
  private static func tail(_ bytes: ScannedBytes) -> Double? {
    let end = bytes.count - 1
    guard bytes[end] == Ascii.closeBrace else { return nil }
    // Milliseconds have had 13 digits since 2001 and will until 2286.
    let usual = end - 13
    if isKey(bytes, before: usual), let value = digits(bytes, usual..<end) { return value }
    var start = end
    while start > 13, end - start < 15, Ascii.isDigit(bytes[start - 1]) { start -= 1 }
    guard start < end, start >= 13, isKey(bytes, before: start) else { return nil }
    return digits(bytes, start..<end)
  }

  @inline(__always)
  private static func isKey(_ bytes: ScannedBytes, before place: Int) -> Bool {
    bytes.load(place - 13, as: UInt64.self) == word(",\"timest")
      && bytes.load(place - 8, as: UInt64.self) == word("estamp\":")
  }

  /// The value of at most 15 bytes if all of them are digits.
  @inline(__always)
  private static func digits(_ bytes: ScannedBytes, _ range: Range<Int>) -> Double? {
    var value: UInt64 = 0
    var highest: UInt8 = 0
    for place in range {
      let digit = bytes[place] &- Ascii.zero
      highest = max(highest, digit)
      value = value &* 10 &+ UInt64(digit)
    }
    return highest < 10 ? Double(value) : nil
  }

  @inline(never)
  private static func scan(
    _ bytes: ScannedBytes, _ limits: ScanLimits
  ) -> (type: Int32, kind: EventKind, timestamp: Double)? {
    var reader = JSONReader(bytes, end: bytes.count)
    reader.skipWhiteSpace()
    do throws(JSONReader.Fault) {
      let parser = EventParser(maximumDepth: min(limits.maximumDepth, ScannedBytes.maximumDepth))
      let element = try parser.parse(&reader)
      reader.skipWhiteSpace()
      guard element.problem == nil, reader.position == bytes.count else { return nil }
      return (element.type, element.kind, element.timestamp)
    } catch {
      return nil
    }
  }

  /// Eight characters as a little-endian word.
  @inline(__always)
  private static func word(_ text: StaticString) -> UInt64 {
    precondition(text.utf8CodeUnitCount == 8)
    return text.withUTF8Buffer { buffer in
      var word: UInt64 = 0
      for index in (0..<8).reversed() { unsafe word = word << 8 | UInt64(buffer[index]) }
      return word
    }
  }
}
