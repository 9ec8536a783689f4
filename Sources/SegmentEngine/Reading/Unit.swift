/// The events that are read together: a block of a pack, or a batch in a journal.
struct Unit: Sendable {
  enum Source: Sendable {
    case block(PackFacts, BlockEntry, windows: [String], dictionaries: [Identifier])
    case record(JournalFile, LiveRecord, window: String, metaDistance: Int)
  }

  var source: Source
  var sequence: UInt64
  var events: Int
  var epoch: UInt64
  /// Plausible range of the timestamps, rounded outward; nil where no timestamp is plausible.
  var range: ClosedRange<Double>?
  /// Timestamps never fall within it, and all are plausible.
  var isSorted: Bool
  /// All timestamps are plausible.
  var isPlausible: Bool
  var hasKeyframe: Bool

  var nextSequence: UInt64 { sequence + UInt64(events) }

  init(_ block: BlockEntry, in part: PackedPart) {
    source = .block(part.pack, block, windows: part.entry.windows, dictionaries: part.entry.dictionaries)
    sequence = block.sequence
    events = block.events
    epoch = block.epoch
    range = block.flags.contains(.hasRange) ? Double(block.first)...Double(block.last) : nil
    isPlausible = !block.flags.contains(.hasImplausible)
    isSorted = block.flags.contains(.isSorted) && isPlausible
    hasKeyframe = !block.keyframes.isEmpty
  }

  init(_ record: LiveRecord, in journal: JournalFile, _ part: LivePart, window: String) {
    source = .record(journal, record, window: window, metaDistance: part.metaDistances[record.sequence] ?? 0)
    sequence = record.sequence
    events = Int(record.events)
    epoch = part.epoch
    range = record.flags.contains(.hasRange) ? record.first...max(record.first, record.last) : nil
    isSorted = record.flags.contains(.isSorted)
    isPlausible = isSorted
    hasKeyframe = record.flags.contains(.hasKeyframe)
  }

  /// Windows its events come from.
  var windows: [String] {
    switch source {
    case .block(_, let block, let windows, _): block.runs.map { windows[$0.window] }
    case .record(_, _, let window, _): [window]
    }
  }

  /// True where all its events are of one window.
  func isOnly(_ window: String) -> Bool { windows.allSatisfy { NameBytes.same($0, window) } }

  /// True where some of its events are of a window.
  func holds(_ window: String) -> Bool { windows.contains { NameBytes.same($0, window) } }

  /// Sequence, epoch and window of its events.
  var runs: EventRuns {
    var runs = EventRuns()
    switch source {
    case .block(_, let block, let windows, _):
      var at = sequence
      for run in block.runs {
        runs.append(sequence: at, count: run.events, epoch: epoch, window: windows[run.window])
        at += UInt64(run.events)
      }
    case .record(_, _, let window, _):
      runs.append(sequence: sequence, count: events, epoch: epoch, window: window)
    }
    return runs
  }

  /// The same of `count` of its events, from a sequence on.
  func runs(from first: UInt64, count: Int) -> EventRuns {
    if first == sequence, count == events { return runs }
    var cut = EventRuns()
    let end = first + UInt64(count)
    for run in runs.runs where run.sequence < end && run.sequence + UInt64(run.count) > first {
      let from = max(run.sequence, first)
      cut.append(
        sequence: from, count: Int(min(run.sequence + UInt64(run.count), end) - from), epoch: run.epoch,
        window: run.window)
    }
    return cut
  }
}

/// A keyframe of a unit.
struct UnitKeyframe: Sendable {
  var window: String
  var timestamp: Double
  var sequence: UInt64
  /// Byte offset in the unit's content.
  var offset: Int
  /// Sequence of its Meta event.
  var metaSequence: UInt64?
}

extension SessionPicture {
  /// The units of the session in order of sequence: all, or those with events from a sequence on.
  func units(_ parts: [PackedPart], from sequence: UInt64 = 0) -> [Unit] {
    var units: [Unit] = []
    for part in parts where part.entry.nextSequence > sequence {
      for block in part.entry.blocks where block.sequence + UInt64(block.events) > sequence {
        units.append(Unit(block, in: part))
      }
    }
    if let live {
      for part in live.parts {
        guard let journal = journals[part.journal.id] else { continue }
        for record in part.records where record.events > 0 && record.nextSequence > sequence {
          units.append(Unit(record, in: journal, part, window: live.windows[Int(record.window)]))
        }
      }
    }
    return units.sorted { $0.sequence < $1.sequence }
  }
}
