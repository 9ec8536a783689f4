/// The facts of a run of a session's events (FORMAT.md "Facts"): summed up for a batch, for what a journal holds, for a
/// segment, and merged in order for the whole session.
package struct SegmentFacts: Sendable, Equatable {
  /// How many events there are of a kind, and their bytes.
  package struct Tally: Sendable, Equatable {
    // 12 bytes, as live sessions keep several each: events in 40 bits, bytes in 48. No store holds as much of one session.
    private let eventsLow: UInt32
    private let rawBytesLow: UInt32
    private let rawBytesHigh: UInt16
    private let eventsHigh: UInt8
    package let kind: EventKind

    package var events: UInt64 { UInt64(eventsHigh) << 32 | UInt64(eventsLow) }
    package var rawBytes: UInt64 { UInt64(rawBytesHigh) << 32 | UInt64(rawBytesLow) }

    /// Numbers that do not fit become the highest that do.
    package init(kind: EventKind, events: UInt64, rawBytes: UInt64) {
      let events = min(events, (1 << 40) - 1)
      let rawBytes = min(rawBytes, (1 << 48) - 1)
      self.kind = kind
      eventsLow = UInt32(truncatingIfNeeded: events)
      eventsHigh = UInt8(events >> 32)
      rawBytesLow = UInt32(truncatingIfNeeded: rawBytes)
      rawBytesHigh = UInt16(rawBytes >> 32)
    }
  }

  /// First and last plausible timestamp.
  package var start: Double? {
    get { first.isFinite ? first : nil }
    set { first = newValue ?? .infinity }
  }
  package var end: Double? {
    get { last.isFinite ? last : nil }
    set { last = newValue ?? -.infinity }
  }
  package var firstReceived: Double
  package var lastReceived: Double
  /// In order of kind.
  package private(set) var tallies: [Tally] = []
  package var clicks: UInt64 = 0
  package var errors: UInt64 = 0
  package var packed: UInt64 = 0
  package var implausible: UInt64 = 0
  package var activeMilliseconds: UInt64 = 0
  package var firstActive: Double? {
    get { activeFrom.isFinite ? activeFrom : nil }
    set { activeFrom = newValue ?? .infinity }
  }
  package var lastActive: Double? {
    get { activeTo.isFinite ? activeTo : nil }
    set { activeTo = newValue ?? -.infinity }
  }
  package var pageCount: UInt64 = 0
  /// The first different ones, at most `FormatLimits.pagesPerSegment`.
  package var pages = FewStrings()

  // Times are finite, so an infinity says that there is none in 8 bytes instead of an optional's 16, and leaves `min` and
  // `max` as they are.
  private var first = Double.infinity
  private var last = -Double.infinity
  private var activeFrom = Double.infinity
  private var activeTo = -Double.infinity

  /// Steps between user events up to this long count as activity, milliseconds.
  static let activeStep = 10_000.0

  package init(received: Double) {
    firstReceived = received
    lastReceived = received
  }

  /// Takes note of a tag or finish: it counts as a receipt only as long as there is no event.
  mutating func receiveEdit(at time: Double) {
    if tallies.isEmpty { lastReceived = max(lastReceived, time) }
  }

  package var events: UInt64 { tallies.reduce(0) { $0 + $1.events } }
  package var rawBytes: UInt64 { tallies.reduce(0) { $0 + $1.rawBytes } }

  package func events(of kind: EventKind) -> UInt64 { tallies.first { $0.kind == kind }?.events ?? 0 }

  mutating func add(_ entry: EventTable.Entry, isPlausible: Bool) {
    add(Tally(kind: entry.kind, events: 1, rawBytes: UInt64(entry.length) + 1))
    if entry.isMarked {
      if entry.kind == .mouseInteraction { clicks += 1 } else { errors += 1 }
    }
    if entry.isPacked { packed += 1 }
    guard isPlausible else {
      implausible += 1
      return
    }
    first = min(first, entry.timestamp)
    last = max(last, entry.timestamp)
    if entry.kind.isUserActivity { addActivity(from: entry.timestamp, to: entry.timestamp, milliseconds: 0) }
  }

  mutating func addPage(_ href: String) {
    pageCount += 1
    if pages.count < FormatLimits.pagesPerSegment, !pages.contains(href) { pages.append(href) }
  }

  /// Adds the facts of a batch that was received later.
  package mutating func merge(_ later: SegmentFacts) {
    first = min(first, later.first)
    last = max(last, later.last)
    firstReceived = min(firstReceived, later.firstReceived)
    lastReceived = max(lastReceived, later.lastReceived)
    for tally in later.tallies { add(tally) }
    clicks += later.clicks
    errors += later.errors
    packed += later.packed
    implausible += later.implausible
    if let first = later.firstActive, let last = later.lastActive {
      addActivity(from: first, to: last, milliseconds: later.activeMilliseconds)
    }
    let before = pageCount
    for page in later.pages { addPage(page) }
    pageCount = before + later.pageCount
  }

  /// The facts of all, in order; nil for none. Those with tags alone tell when something was received only where there is
  /// no event at all.
  static func joined(_ all: [SegmentFacts]) -> SegmentFacts? {
    let hasEvents = all.contains { $0.events > 0 }
    var joined: SegmentFacts?
    for facts in all where facts.events > 0 || !hasEvents {
      if joined == nil { joined = facts } else { joined?.merge(facts) }
    }
    return joined
  }

  private mutating func addActivity(from first: Double, to last: Double, milliseconds: UInt64) {
    var added = milliseconds
    // Infinite, and so too long, where there was no activity yet.
    let step = first - activeTo
    if step > 0, step <= Self.activeStep { activeMilliseconds += UInt64(step) }
    // What two windows did at the same time counts once.
    if step < 0 { added -= min(added, UInt64(min(-step, 1e15))) }
    activeMilliseconds += added
    if activeFrom == .infinity { activeFrom = first }
    activeTo = max(activeTo, last)
  }

  private mutating func add(_ tally: Tally) {
    if let index = tallies.firstIndex(where: { $0.kind >= tally.kind }) {
      let same = tallies[index]
      if same.kind == tally.kind {
        tallies[index] = Tally(
          kind: tally.kind, events: same.events + tally.events, rawBytes: same.rawBytes + tally.rawBytes)
        return
      }
      tallies.makeTightRoom()
      tallies.insert(tally, at: index)
    } else {
      tallies.appendTightly(tally)
    }
  }
}

extension SegmentFacts {
  func encode(into writer: inout ByteWriter) {
    if let start, let end {
      writer.u8(1)
      writer.time(start)
      writer.time(end)
    } else {
      writer.u8(0)
    }
    writer.time(firstReceived)
    writer.time(lastReceived)
    writer.varint(tallies.count)
    for tally in tallies {
      writer.u8(tally.kind.rawValue)
      writer.varint(tally.events)
      writer.varint(tally.rawBytes)
    }
    for value in [clicks, errors, packed, implausible, activeMilliseconds] { writer.varint(value) }
    if let firstActive, let lastActive {
      writer.u8(1)
      writer.time(firstActive)
      writer.time(lastActive)
    } else {
      writer.u8(0)
    }
    writer.varint(pageCount)
    writer.varint(pages.count)
    for page in pages { writer.string(page) }
  }

  static func decode(_ reader: inout ByteReader) throws(FormatError) -> SegmentFacts {
    var range: (Double, Double)?
    if try reader.u8() == 1 { range = (try reader.time(), try reader.time()) }
    var facts = SegmentFacts(received: try reader.time())
    facts.lastReceived = try reader.time()
    facts.start = range?.0
    facts.end = range?.1
    let kinds = try reader.listCount("kinds", entry: 3)
    // There are 64: what goes on behind is refused below.
    facts.tallies.reserveCapacity(min(kinds, 64))
    for _ in 0..<kinds {
      let at = reader.position
      let kind = EventKind(rawValue: try reader.u8() & 0x3F)
      if let last = facts.tallies.last, last.kind >= kind { throw FormatError(.invalid("order of kinds"), at: at) }
      facts.tallies.append(
        Tally(kind: kind, events: try reader.amount("count"), rawBytes: try reader.amount("count")))
    }
    facts.clicks = try reader.amount("count")
    facts.errors = try reader.amount("count")
    facts.packed = try reader.amount("count")
    facts.implausible = try reader.amount("count")
    facts.activeMilliseconds = try reader.amount("count")
    if try reader.u8() == 1 {
      facts.firstActive = try reader.time()
      facts.lastActive = try reader.time()
    }
    facts.pageCount = try reader.amount("count")
    for _ in 0..<(try reader.count("pages", limit: FormatLimits.pagesPerSegment)) {
      facts.pages.append(try reader.string("page", limit: FormatLimits.page))
    }
    return facts
  }
}
