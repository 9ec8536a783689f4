/// Where playback of a session starts, window by window, and which units it needs.
struct PlaybackPlan: Sendable {
  /// Where a window starts: at the Meta event of its keyframe, then from the keyframe on.
  struct Start: Sendable {
    /// What orders the keyframe: its timestamp where that is in the range of its unit, else the start of that range.
    var time: Double
    /// Its timestamp is what orders it.
    var isInRange: Bool
    var sequence: UInt64
    var metaSequence: UInt64?
    /// Place of the keyframe in its unit's content.
    var offset: Int
    var unitSequence: UInt64
  }

  var starts: [ExactName: Start]
  /// Events of windows without a keyframe count from here on.
  var earliest: Double
  var notice: Gap?
  /// Units that hold something to play, in order of their first timestamp.
  var units: [Unit]
  var window: String?
  /// Only events with a plausible time in this range; nil: all.
  var range: Range<Double>?

  /// Plans playback at `time`: for each window its last keyframe at or before it, else its first one after.
  init(
    _ all: [Unit], at time: Double?, window: String?, _ keyframes: (Unit) throws(StoreError) -> [UnitKeyframe]
  ) throws(StoreError) {
    self.window = window
    starts = [:]
    var hasEarly = false
    var early: [ExactName: Bool] = [:]
    let all = Self.ranged(all)
    for unit in all where unit.hasKeyframe {
      for keyframe in try keyframes(unit) where window.map({ NameBytes.same($0, keyframe.window) }) ?? true {
        let name = ExactName(keyframe.window)
        let isInRange = unit.range?.contains(keyframe.timestamp) ?? false
        let own = isInRange ? keyframe.timestamp : unit.range?.lowerBound
        // Where nothing is plausible up to here, its own timestamp is the best there is to choose by.
        let isEarly = time.map { own ?? keyframe.timestamp <= $0 } ?? false
        let candidate = Start(
          time: own ?? TimedLines.unknownTime, isInRange: isInRange, sequence: keyframe.sequence,
          metaSequence: keyframe.metaSequence, offset: keyframe.offset, unitSequence: unit.sequence)
        hasEarly = hasEarly || isEarly
        guard let current = starts[name], let wasEarly = early[name] else {
          starts[name] = candidate
          early[name] = isEarly
          continue
        }
        // The latest of those at or before the time; where there is none, the earliest of the others.
        let isLater = (candidate.time, candidate.sequence) > (current.time, current.sequence)
        if isEarly == wasEarly ? isEarly == isLater : isEarly {
          starts[name] = candidate
          early[name] = isEarly
        }
      }
    }
    notice = nil
    earliest = starts.values.map(\.time).min() ?? time ?? -.infinity
    if starts.isEmpty, !all.isEmpty {
      earliest = -.infinity
      notice = Gap(
        reason: .noKeyframe, sequences: nil,
        message: "the session has no keyframe: its events cannot be played and are given from the first on")
    } else if let time, !hasEarly, let first = starts.values.map(\.time).min() {
      notice = Gap(
        reason: .startsLater, sequences: nil,
        message:
          "there is no keyframe at or before \(ISO8601.text(time)): playback starts at the next one, \(ISO8601.text(first))"
      )
    }
    units = Self.order(all) { [starts, earliest] unit, end in
      if let window, !unit.holds(window) { return false }
      return end >= earliest
        || starts.values.contains { start in
          (start.metaSequence.map { unit.sequence <= $0 && $0 < unit.nextSequence } ?? false)
            || (unit.sequence <= start.sequence && start.sequence < unit.nextSequence)
        }
    }
  }

  /// Plans all events of the units, or those in a range of time, without regard to keyframes.
  init(everythingOf all: [Unit], in range: Range<Double>?, window: String?) {
    self.window = window
    self.range = range
    starts = [:]
    earliest = -.infinity
    notice = nil
    units = Self.order(Self.ranged(all)) { unit, _ in window.map { unit.holds($0) } ?? true }
  }

  /// The units, in order of sequence, with a range each: one without a plausible timestamp stays where it arrived.
  private static func ranged(_ all: [Unit]) -> [Unit] {
    var last: Double?
    return all.map { unit in
      var unit = unit
      if unit.range == nil { unit.range = last.map { $0...$0 } }
      if let end = unit.range?.upperBound { last = max(last ?? end, end) }
      return unit
    }
  }

  /// The units that are wanted, by their first timestamp.
  private static func order(_ all: [Unit], _ isWanted: (_ unit: Unit, _ end: Double) -> Bool) -> [Unit] {
    all.filter { isWanted($0, $0.range?.upperBound ?? TimedLines.unknownTime) }.sorted {
      ($0.range?.lowerBound ?? TimedLines.unknownTime, $0.sequence)
        < ($1.range?.lowerBound ?? TimedLines.unknownTime, $1.sequence)
    }
  }

  /// Whether an event is played.
  func plays(_ line: TimedLines.Line) -> Bool {
    if let window, !NameBytes.same(line.window, window) { return false }
    if let range, !line.isPlausible || !range.contains(line.time) { return false }
    guard let start = starts[ExactName(line.window)] else { return line.time >= earliest }
    if line.sequence == start.metaSequence { return true }
    // Without a time of its own, what arrived before it is not behind it.
    return (line.time, line.sequence) >= (start.time, start.sequence)
      && (start.isInRange || line.sequence >= start.sequence)
  }

  /// Whether all of a unit is played, without looking at its events.
  func playsAll(of unit: Unit) -> Bool {
    guard let range = unit.range else { return false }
    if let window, !unit.isOnly(window) { return false }
    if let wanted = self.range {
      guard unit.isPlausible, wanted.contains(range.lowerBound), wanted.contains(range.upperBound) else { return false }
    }
    return unit.windows.allSatisfy { name in
      guard let start = starts[ExactName(name)] else { return range.lowerBound > earliest }
      return range.lowerBound > start.time && (start.isInRange || unit.sequence >= start.sequence)
    }
  }
}
