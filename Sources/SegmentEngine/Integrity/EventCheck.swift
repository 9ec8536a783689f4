internal import SegmentScanner

/// Holds events against what an index says of them.
enum EventCheck {
  /// What is wrong with the events of a journal record, against the table in its head; nil where nothing is. Enough to take
  /// them for what they are.
  static func problem(_ ndjson: [UInt8], against table: EventTable) -> String? {
    var lines = LineSplitter(ndjson)
    for (ordinal, entry) in table.entries.enumerated() {
      guard let line = lines.next(), line.count == entry.length else { return "event \(ordinal) has another length" }
      guard let probe = unsafe EventProbe.probe(ndjson.span.bytes.extracting(line)) else {
        return "event \(ordinal) is not a valid event"
      }
      guard probe.kind.rawValue == entry.kind.rawValue else { return "event \(ordinal) is of another kind" }
      if !probe.timestamp.isNaN, probe.timestamp != entry.timestamp { return "event \(ordinal) has another timestamp" }
    }
    return lines.next() == nil ? nil : "there are more events than the head says"
  }

  /// The same against all that the head says; nil where nothing is wrong.
  static func problem(_ ndjson: [UInt8], received: Double, against batch: BatchDetails) -> String? {
    // A batch all of whose events were invalid, and left out.
    if ndjson.isEmpty, batch.table.entries.isEmpty { return nil }
    guard let scanned = try? unsafe BatchScanner.scan(ndjson.span.bytes, receiveTime: received, invalid: .reject) else {
      return "not all of it are valid events"
    }
    let found = EventTable(scanned.events).entries
    guard found.count == batch.table.entries.count else {
      return "there are \(found.count) events, and \(batch.table.entries.count) by the head"
    }
    for (ordinal, (entry, claimed)) in zip(found, batch.table.entries).enumerated() where entry != claimed {
      if entry.length != claimed.length { return "event \(ordinal) has another length" }
      if entry.timestamp != claimed.timestamp { return "event \(ordinal) has another timestamp" }
      return "event \(ordinal) is of another kind"
    }
    if batch.reference != batch.table.medianTimestamp { return "the reference is not the timestamp in the middle" }
    return scanned.pages.map { PageVisit(event: $0.event, href: $0.href) } == batch.pages
      ? nil : "the pages are not those of its events"
  }

  /// What is wrong with the events of a block, against its entry; nil where nothing is.
  static func problem(_ ndjson: [UInt8], against block: BlockEntry) -> String? {
    guard ndjson.last == 0x0A else { return "the content does not end in a line feed" }
    var lines = LineSplitter(ndjson)
    var times: [Double] = []
    var keyframes = block.keyframes[...]
    var isSorted = true
    var hasImplausible = false
    var range: (Double, Double)?
    var previous = -Double.infinity
    for ordinal in 0..<block.events {
      guard let line = lines.next() else { return "there are only \(ordinal) events and should be \(block.events)" }
      guard let probe = unsafe EventProbe.probe(ndjson.span.bytes.extracting(line)) else {
        return "event \(ordinal) is not a valid event"
      }
      let kind = EventKind(rawValue: probe.kind.rawValue)
      if kind == .fullSnapshot {
        guard let keyframe = keyframes.popFirst(), keyframe.ordinal == ordinal, keyframe.offset == line.lowerBound,
          keyframe.timestamp == probe.timestamp
        else { return "the keyframe at event \(ordinal) is not as the index says" }
      }
      times.append(probe.timestamp)
      if probe.timestamp.isNaN { continue }
      if probe.timestamp < previous { isSorted = false }
      previous = probe.timestamp
      let first = Double(block.first)
      let last = Double(block.last)
      if block.flags.contains(.hasRange), probe.timestamp >= first, probe.timestamp <= last {
        range = (min(range?.0 ?? probe.timestamp, probe.timestamp), max(range?.1 ?? probe.timestamp, probe.timestamp))
      } else {
        hasImplausible = true
      }
    }
    if lines.next() != nil { return "there are more events than the \(block.events) the index says" }
    if !keyframes.isEmpty { return "the index names a keyframe that is not there" }
    if block.flags.contains(.isSorted), !isSorted { return "the index says in order of time, and it is not" }
    if hasImplausible, !block.flags.contains(.hasImplausible) {
      return "a timestamp lies outside of the range the index gives"
    }
    if let range, !times.contains(where: \.isNaN),
      range.0.rounded(.down) != Double(block.first) || range.1.rounded(.up) != Double(block.last)
    {
      return "the range of time is not as the index says"
    }
    return nil
  }
}
