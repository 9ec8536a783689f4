internal import SegmentScanner

/// The events of a block, found anew in its content.
struct SalvagedEvents {
  /// Bytes, without line feed.
  private(set) var lines: [Range<Int>] = []
  private(set) var table = EventTable()
  private(set) var pages: [PageVisit] = []
  /// The times that count; nil where each is held against the others.
  private let range: ClosedRange<Double>?
  private let hasEntry: Bool
  private let plausibility: Plausibility

  /// `received` stands in for the time of events that are packed whole and of which nothing else tells it.
  init(_ content: [UInt8], _ block: BlockEntry, isRebuilt: Bool, received: Double) {
    range = block.flags.contains(.hasRange) ? Double(block.first)...Double(block.last) : nil
    hasEntry = !isRebuilt
    let time = range?.lowerBound ?? received
    var lines = LineSplitter(content)
    while let line = lines.next() { self.lines.append(line) }
    let scanned = try? unsafe BatchScanner.scan(content.span.bytes, receiveTime: time, invalid: .skip)
    if let scanned, scanned.events.count == self.lines.count {
      table = EventTable(scanned.events)
      pages = scanned.pages.map { PageVisit(event: $0.event, href: $0.href) }
    } else {
      for line in self.lines {
        let probe = unsafe EventProbe.probe(content.span.bytes.extracting(line))
        let stamp = probe.map { $0.timestamp.isNaN ? time : $0.timestamp } ?? time
        table.entries.append(
          EventTable.Entry(
            code: probe?.kind.rawValue ?? SegmentScanner.EventKind.other.rawValue, length: line.count, timestamp: stamp)
        )
      }
    }
    plausibility = Plausibility(reference: table.medianTimestamp)
  }

  func isPlausible(_ ordinal: Int) -> Bool {
    let entry = table.entries[ordinal]
    guard hasEntry else { return plausibility.holds(entry.timestamp) }
    return range.map { entry.kind == .packed || $0.contains(entry.timestamp) } ?? false
  }

  /// Where an event lies whose own time is not known.
  func span(_ ordinal: Int) -> ClosedRange<Double>? { table.entries[ordinal].kind == .packed ? range : nil }

  /// The facts of some of them.
  func facts(of ordinals: Range<Int>, received: (first: Double, last: Double)) -> SegmentFacts {
    var facts = SegmentFacts(received: received.first)
    facts.lastReceived = received.last
    for ordinal in ordinals { facts.add(table.entries[ordinal], isPlausible: isPlausible(ordinal)) }
    for page in pages where ordinals.contains(page.event) { facts.addPage(page.href) }
    return facts
  }
}
