/// What several segments of a session say as one: names, facts, tags, batch IDs. Their blocks follow one another.
struct SegmentJoin {
  private(set) var parts: [PackedPart] = []
  private(set) var windows: [String] = []
  private var places: [ExactName: Int] = [:]

  /// The most windows or dictionaries that one segment may have.
  private static let windowLimit = FormatLimits.windowsPerSegment - 1
  private static let dictionaryLimit = 255

  /// Splits the segments of a session, in order of sequence, into runs that may each become one segment: events follow one
  /// another without a gap, names have room. What is missing between two may lie in another pack, which stays as it is.
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
      let new = entry.windows.count { places[ExactName($0)] == nil }
      guard follows(entry), names.count <= Self.dictionaryLimit,
        windows.count + new <= Self.windowLimit, last.session == entry.session
      else { return false }
    }
    for window in entry.windows where places[ExactName(window)] == nil {
      places[ExactName(window)] = windows.count
      windows.append(window)
    }
    parts.append(part)
    return true
  }

  /// Whether a segment's events begin where those here end. One with tags alone has its place anywhere.
  private func follows(_ entry: SegmentEntry) -> Bool {
    guard let first = entry.blocks.first, let last = parts.last(where: { !$0.entry.blocks.isEmpty }) else {
      return true
    }
    return first.sequence == last.entry.nextSequence
  }

  /// Sequence of the first event, or where there is none, of the next.
  private var sequence: UInt64 {
    parts.lazy.compactMap(\.entry.blocks.first?.sequence).first ?? parts[0].entry.sequence
  }
  /// The newest journal that something of it came from.
  var ordinal: UInt64 { parts.map(\.entry.ordinal).max() ?? 0 }
  var visitor: String { parts.first { !$0.entry.visitor.isEmpty }?.entry.visitor ?? "" }

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
    part.entry.windows.map { places[ExactName($0)] ?? 0 }
  }

  func header(dictionaries: [Identifier]) -> SegmentHeader {
    SegmentHeader(
      blocksLength: 0, ordinal: ordinal, session: parts[0].entry.session, visitor: visitor, windows: windows,
      dictionaries: dictionaries)
  }

  /// The entry, but for its place and blocks.
  func entry(dictionaries: [Identifier], rule: String, rate: Double) -> SegmentEntry {
    let entries = parts.map(\.entry)
    let byJournal = entries.sorted { ($0.ordinal, $0.sequence) < ($1.ordinal, $1.sequence) }
    return SegmentEntry(
      offset: 0, length: 0, ordinal: ordinal, sequence: sequence, session: entries[0].session,
      visitor: visitor, windows: windows, dictionaries: dictionaries,
      facts: SegmentFacts.joined(entries.map(\.facts)) ?? entries[0].facts,
      tags: byJournal.flatMap(\.tags), finished: byJournal.compactMap(\.finished).last, rule: rule, rate: rate,
      batches: entries.flatMap(\.batches), blocks: [])
  }
}
