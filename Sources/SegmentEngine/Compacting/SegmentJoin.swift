/// What several segments of a session say as one: names, facts, tags, batch IDs. Their blocks follow one another.
struct SegmentJoin {
  private(set) var parts: [PackedPart] = []
  private(set) var windows: [String] = []
  private var places: [WindowName: Int] = [:]

  /// The most windows or dictionaries that one segment may have.
  private static let windowLimit = FormatLimits.windowsPerSegment - 1
  private static let dictionaryLimit = 255

  /// Splits the segments of a session, in order of sequence, into runs that may each become one segment: sequences do not
  /// overlap (which only damage makes them), names have room.
  static func runs(of parts: [PackedPart]) -> [SegmentJoin] {
    var runs: [SegmentJoin] = []
    for part in parts {
      if let last = runs.indices.last, runs[last].take(part) { continue }
      var run = SegmentJoin()
      _ = run.take(part)
      runs.append(run)
    }
    return runs.sorted { $0.ordinal < $1.ordinal }
  }

  private mutating func take(_ part: PackedPart) -> Bool {
    let entry = part.entry
    if let last = parts.last?.entry {
      let names = Set(dictionaries).union(entry.dictionaries)
      let new = entry.windows.count { places[WindowName($0)] == nil }
      guard nextSequence <= entry.sequence, names.count <= Self.dictionaryLimit,
        windows.count + new <= Self.windowLimit, last.session == entry.session
      else { return false }
    }
    for window in entry.windows where places[WindowName(window)] == nil {
      places[WindowName(window)] = windows.count
      windows.append(window)
    }
    parts.append(part)
    return true
  }

  /// Sequence behind the last event.
  private var nextSequence: UInt64 { parts.map(\.entry.nextSequence).max() ?? 0 }
  /// The newest journal that something of it came from.
  var ordinal: UInt64 { parts.map(\.entry.ordinal).max() ?? 0 }
  var visitor: String { parts.first { !$0.entry.visitor.isEmpty }?.entry.visitor ?? "" }
  var storedBytes: UInt64 { parts.reduce(0) { $0 + $1.entry.storedBytes } }
  var rawBytes: UInt64 { parts.reduce(0) { $0 + $1.entry.facts.rawBytes } }

  /// The dictionaries of all blocks.
  var dictionaries: [Identifier] {
    var found: [Identifier] = []
    for part in parts {
      for dictionary in part.entry.dictionaries where !found.contains(dictionary) { found.append(dictionary) }
    }
    return found
  }

  /// For each window of a part its place in `windows`.
  func windowPlaces(of part: PackedPart) -> [Int] {
    // Every name was entered by `take`.
    part.entry.windows.map { places[WindowName($0)] ?? 0 }
  }

  func header(dictionaries: [Identifier]) -> SegmentHeader {
    SegmentHeader(
      blocksLength: 0, ordinal: ordinal, session: parts[0].entry.session, visitor: visitor, windows: windows,
      dictionaries: dictionaries)
  }

  /// The entry, but for its place and blocks.
  func entry(dictionaries: [Identifier], rule: String, rate: Double) -> SegmentEntry {
    let entries = parts.map(\.entry)
    let hasEvents = entries.contains { $0.facts.events > 0 }
    var facts: SegmentFacts?
    // Parts with tags alone tell when something was received only where there is no event at all.
    for entry in entries where entry.facts.events > 0 || !hasEvents {
      if facts == nil { facts = entry.facts } else { facts?.merge(entry.facts) }
    }
    let byJournal = entries.sorted { ($0.ordinal, $0.sequence) < ($1.ordinal, $1.sequence) }
    return SegmentEntry(
      offset: 0, length: 0, ordinal: ordinal, sequence: entries[0].sequence, session: entries[0].session,
      visitor: visitor, windows: windows, dictionaries: dictionaries, facts: facts ?? entries[0].facts,
      tags: byJournal.flatMap(\.tags), finished: byJournal.compactMap(\.finished).last, rule: rule, rate: rate,
      batches: entries.flatMap(\.batches), blocks: [])
  }
}
