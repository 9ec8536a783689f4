import SegmentEngine

/// A session as it should be read back, by the plainest means: everything in memory, sorted and filtered event by event.
///
/// What FORMAT.md leaves to where blocks are cut - which timestamps of a block are in its range - is taken from the units
/// the store itself names: blocks by `byteRanges`, batches as they were appended.
struct ReferenceSession {
  struct Event {
    var sequence: UInt64
    var window: String
    var line: String
    var timestamp: Double
    var isMeta: Bool
    var isSnapshot: Bool
    /// Plausible by the rule of its batch.
    var isPlausible = true
  }

  struct Batch {
    var first: UInt64
    var count: Int
    /// Lowest and highest plausible timestamp.
    var range: ClosedRange<Double>?
  }

  struct Unit {
    var sequences: Range<UInt64>
    var range: ClosedRange<Double>?
  }

  /// An event with what its unit makes of it.
  struct Placed {
    var event: Event
    /// What orders it.
    var time: Double
    /// Where its unit begins; nil where nothing plausible is known up to there.
    var unitStart: Double?
    /// Its own timestamp is what orders it.
    var isInRange: Bool
    /// Its unit has a range of its own.
    var hasRange: Bool
  }

  private(set) var events: [Event] = []
  private(set) var batches: [Batch] = []

  /// FORMAT.md: within 7 days of the median of the batch and, live, of the time it was received.
  mutating func append(_ new: [(event: Event, isLive: Bool)], window: String, received: Double) {
    let median = new.map(\.event.timestamp).sorted()[new.count / 2]
    var batch = Batch(first: UInt64(events.count), count: new.count, range: nil)
    for (event, isLive) in new {
      var event = event
      event.sequence = UInt64(events.count)
      event.window = window
      event.isPlausible =
        abs(event.timestamp - median) <= 604_800_000 && (!isLive || abs(event.timestamp - received) <= 604_800_000)
      if event.isPlausible {
        let time = event.timestamp
        batch.range = min(batch.range?.lowerBound ?? time, time)...max(batch.range?.upperBound ?? time, time)
      }
      events.append(event)
    }
    batches.append(batch)
  }

  var start: Double? { events.lazy.filter(\.isPlausible).map(\.timestamp).min() }
  var end: Double? { events.lazy.filter(\.isPlausible).map(\.timestamp).max() }

  /// The units a store reads: its blocks, then the batches behind them.
  func units(_ ranges: ByteRanges) -> [Unit] {
    var units = ranges.blocks.map { block in
      Unit(
        sequences: block.firstSequence..<block.firstSequence + UInt64(block.events),
        range: block.time.map { $0.lowerBound.millisecondsSince1970...$0.upperBound.millisecondsSince1970 })
    }
    if let live = ranges.liveFrom {
      units += batches.filter { $0.first >= live }.map {
        Unit(sequences: $0.first..<$0.first + UInt64($0.count), range: $0.range)
      }
    }
    return units
  }

  /// The events with the time that orders each: its own where that is in the range of its unit, else that of the one
  /// before it there, at first the lowest of the unit; in a unit without a range the highest of all units before.
  func placed(_ units: [Unit]) -> [Placed] {
    var placed: [Placed] = []
    var last: Double?
    for unit in units {
      let range = unit.range ?? last.map { $0...$0 }
      var time = range?.lowerBound ?? 0
      for event in events[Int(unit.sequences.lowerBound)..<Int(unit.sequences.upperBound)] {
        let isInRange = range?.contains(event.timestamp) ?? false
        if isInRange { time = event.timestamp }
        placed.append(
          Placed(
            event: event, time: time, unitStart: range?.lowerBound, isInRange: isInRange, hasRange: unit.range != nil))
      }
      if let range { last = max(last ?? range.upperBound, range.upperBound) }
    }
    return placed
  }

  /// What `events(in:time:window:order:)` should give.
  func events(_ units: [Unit], time: Range<Double>?, window: String?, sorted: Bool) -> [String] {
    var found = placed(units).filter { placed in
      window.map { $0 == placed.event.window } ?? true
        && time.map { placed.isInRange && placed.hasRange && $0.contains(placed.event.timestamp) } ?? true
    }
    if sorted { found.sort { ($0.time, $0.event.sequence) < ($1.time, $1.event.sequence) } }
    return found.map(\.event.line)
  }

  private struct Keyframe {
    /// What orders it: its timestamp, or where that is not plausible the start of its unit.
    var time: Double
    var sequence: UInt64
    var meta: UInt64?
    var isInRange: Bool
    var isEarly: Bool

    func isBefore(_ other: Keyframe) -> Bool { (time, sequence) < (other.time, other.sequence) }
  }

  /// What `playback(of:at:window:)` should give, and the notice before it.
  func playback(_ units: [Unit], at time: Double?, window: String?) -> (lines: [String], notice: Gap.Reason?) {
    let all = placed(units).filter { placed in window.map { $0 == placed.event.window } ?? true }
    var starts: [String: Keyframe] = [:]
    for name in Set(all.map(\.event.window)) {
      var keyframes: [Keyframe] = []
      var meta: UInt64?
      for placed in all where placed.event.window == name {
        if placed.event.isMeta { meta = placed.event.sequence }
        if placed.event.isSnapshot {
          let own = placed.isInRange ? placed.event.timestamp : placed.unitStart
          keyframes.append(
            Keyframe(
              time: own ?? 0, sequence: placed.event.sequence, meta: meta, isInRange: placed.isInRange,
              isEarly: time.map { own ?? placed.event.timestamp <= $0 } ?? false))
          meta = nil
        }
      }
      keyframes.sort { $0.isBefore($1) }
      starts[name] = keyframes.last(where: \.isEarly) ?? keyframes.first
    }
    let earliest = starts.values.map(\.time).min() ?? -.infinity
    let played = all.filter { placed in
      guard let start = starts[placed.event.window] else { return placed.time >= earliest }
      if placed.event.sequence == start.meta { return true }
      return (placed.time, placed.event.sequence) >= (start.time, start.sequence)
        && (start.isInRange || placed.event.sequence >= start.sequence)
    }.sorted { ($0.time, $0.event.sequence) < ($1.time, $1.event.sequence) }
    let notice: Gap.Reason? =
      starts.isEmpty
      ? .noKeyframe : time != nil && !starts.values.contains(where: \.isEarly) ? .startsLater : nil
    return (played.map(\.event.line), notice)
  }
}
