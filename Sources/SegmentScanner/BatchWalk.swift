/// One scan of one batch: goes from element to element and decides what becomes of each.
struct BatchWalk {
  private(set) var batch = ScannedBatch()

  private let bytes: ScannedBytes
  private let receiveTime: Double
  private let invalid: InvalidEvents
  private let limits: ScanLimits
  private let parser: EventParser
  private var reader: JSONReader
  /// Elements met so far.
  private var ordinal = 0
  /// Where the next event begins if the batch is canonical.
  private var canonicalStart = 0
  private var isCanonical = true
  /// Bytes read beyond the place where the scan went on after an error: they are read again.
  private var readAhead = 0
  /// The reader's bound is the end of a line.
  private var isBoundToLine = false

  init(_ bytes: ScannedBytes, receiveTime: Double, invalid: InvalidEvents, limits: ScanLimits) {
    self.bytes = bytes
    self.receiveTime = receiveTime
    self.invalid = invalid
    self.limits = limits
    parser = EventParser(maximumDepth: min(limits.maximumDepth, ScannedBytes.maximumDepth))
    reader = JSONReader(bytes, end: bytes.count)
  }

  mutating func run() throws(ScanError) {
    // Real events average several hundred bytes; a guess too low costs a few copies of a small array.
    batch.events.reserveCapacity(min(bytes.count / 400, 1 << 16) + 4)
    if bytes.hasText("\u{FEFF}", at: 0) { reader.position = 3 }
    reader.skipWhiteSpace()
    if reader.position < bytes.count, bytes[reader.position] == Ascii.openBracket {
      try array()
    } else {
      try lines()
    }
    guard ordinal > 0 else { throw ScanError(ordinal: 0, byteOffset: bytes.count, reason: .emptyBatch) }
    let last = bytes.count - (bytes[bytes.count - 1] == Ascii.lineFeed ? 1 : 0)
    batch.isCanonical = isCanonical && batch.rejectedCount == 0 && canonicalStart == last + 1
  }

  // MARK: NDJSON

  private mutating func lines() throws(ScanError) {
    while true {
      reader.end = bytes.count
      reader.skipWhiteSpace()
      let start = reader.position
      guard start < bytes.count else { return }
      bound(from: start)
      let element: EventParser.Element
      do throws(JSONReader.Fault) {
        element = try parser.parse(&reader)
        let end = reader.position
        if end < bytes.count, !Ascii.isWhiteSpace(bytes[end]) { throw following(end) }
      } catch {
        try reject(error, start: start)
        goOnBehindLine(of: start, readTo: error.position)
        continue
      }
      try take(element, start..<reader.position)
    }
  }

  private mutating func goOnBehindLine(of start: Int, readTo: Int) {
    let lineFeed = bytes.first(Ascii.lineFeed, in: start..<bytes.count)
    reader.position = lineFeed.map { $0 + 1 } ?? bytes.count
    readAhead += max(0, readTo - reader.position)
  }

  // MARK: Array

  private mutating func array() throws(ScanError) {
    isCanonical = false
    reader.position += 1
    reader.skipWhiteSpace()
    if reader.position < bytes.count, bytes[reader.position] == Ascii.closeBracket {
      reader.position += 1
      return try endOfArray()
    }
    while true {
      reader.end = bytes.count
      reader.skipWhiteSpace()
      let start = reader.position
      bound(from: start)
      let element: EventParser.Element
      let end: Int
      do throws(JSONReader.Fault) {
        (element, end) = try elementOfArray()
      } catch {
        try reject(error, start: start)
        guard skipElement(from: start), try goOnInArray() else { return }
        continue
      }
      try take(element, start..<end)
      guard try goOnInArray() else { return }
    }
  }

  /// Reads an element and the white space behind it.
  @inline(__always)
  private mutating func elementOfArray() throws(JSONReader.Fault) -> (EventParser.Element, end: Int) {
    // After a comma there must be an element.
    if try reader.peek() == Ascii.closeBracket {
      throw JSONReader.Fault(reason: .notJSON, position: reader.position)
    }
    let element = try parser.parse(&reader)
    let end = reader.position
    reader.end = bytes.count
    reader.skipWhiteSpace()
    if reader.position < bytes.count, !isSeparator(bytes[reader.position]) { throw following(reader.position) }
    return (element, end)
  }

  /// Moves beyond a comma, or beyond the end of the array and on to that of the batch; false there.
  private mutating func goOnInArray() throws(ScanError) -> Bool {
    reader.end = bytes.count
    reader.skipWhiteSpace()
    do throws(JSONReader.Fault) {
      let byte = try reader.peek()
      guard isSeparator(byte) else { throw following(reader.position) }
      reader.position += 1
      if byte == Ascii.comma { return true }
    } catch {
      try reject(error, start: reader.position)
      return false
    }
    try endOfArray()
    return false
  }

  /// After an element that is no JSON: moves beyond it if its brackets match and it is followed as it should be.
  private mutating func skipElement(from start: Int) -> Bool {
    guard start < bytes.count, bytes[start] == Ascii.openBrace || bytes[start] == Ascii.openBracket else {
      return false
    }
    reader.position = start
    reader.end = bytes.count
    do throws(JSONReader.Fault) {
      try reader.skipContainer(maximumDepth: parser.maximumDepth)
      return isSeparator(try reader.peekToken())
    } catch {
      return false
    }
  }

  private mutating func endOfArray() throws(ScanError) {
    reader.end = bytes.count
    reader.skipWhiteSpace()
    guard reader.position < bytes.count else { return }
    try reject(following(reader.position), start: reader.position)
  }

  // MARK: Both

  private func isSeparator(_ byte: UInt8) -> Bool { byte == Ascii.comma || byte == Ascii.closeBracket }

  /// What to say of a byte behind an event that does not belong there.
  private func following(_ place: Int) -> JSONReader.Fault {
    let isControl = bytes[place] < Ascii.space
    return JSONReader.Fault(reason: isControl ? .controlCharacter : .trailingGarbage, position: place)
  }

  /// Sets how far the reader may go for the event that begins at a place.
  @inline(__always)
  private mutating func bound(from start: Int) {
    reader.end = start + min(limits.maximumEventBytes, bytes.count - start)
    if readAhead > bytes.count { boundToLine(from: start) }
  }

  private mutating func boundToLine(from start: Int) {
    let lineFeed = bytes.first(Ascii.lineFeed, in: start..<reader.end)
    isBoundToLine = lineFeed != nil
    if let lineFeed { reader.end = lineFeed }
  }

  @inline(__always)
  private mutating func take(_ element: EventParser.Element, _ range: Range<Int>) throws(ScanError) {
    if let problem = element.problem {
      try reject(problem, start: range.lowerBound)
    } else {
      accept(element, range)
    }
  }

  @inline(__always)
  private mutating func accept(_ element: EventParser.Element, _ range: Range<Int>) {
    var event = ScannedEvent(
      offset: range.lowerBound, length: range.count, timestamp: element.timestamp, type: element.type,
      kind: element.kind, flags: element.flags)
    if element.type < 0 { event.timestamp = receiveTime }
    if let href = element.href { visit(href) }
    batch.events.append(event)
    ordinal += 1
    if range.lowerBound != canonicalStart || element.flags.contains(.hasLineBreaks)
      || (range.upperBound < bytes.count && bytes[range.upperBound] != Ascii.lineFeed)
    {
      isCanonical = false
    }
    canonicalStart = range.upperBound + 1
  }

  private mutating func visit(_ href: JSONReader.Text) {
    var text = JSONText(bytes, href.range)
    batch.pages.append(
      PageVisit(event: batch.events.count, href: text.string(limit: PageVisit.maximumBytes)))
  }

  private mutating func reject(_ fault: JSONReader.Fault, start: Int) throws(ScanError) {
    var error = ScanError(ordinal: ordinal, byteOffset: fault.position, reason: fault.reason)
    if fault.reason == .truncated, fault.position < bytes.count, !isBoundToLine {
      error.reason = .eventTooLarge
      error.byteOffset = start
    }
    guard invalid == .skip else { throw error }
    if batch.rejected.count < limits.maximumListedRejections { batch.rejected.append(error) }
    batch.rejectedCount += 1
    ordinal += 1
  }
}
