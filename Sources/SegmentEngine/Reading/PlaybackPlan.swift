/// Where playback of a session starts, window by window, and which units it needs.
struct PlaybackPlan: Sendable {
  /// Where a window starts: at the Meta event of its keyframe, then from the keyframe on.
  struct Start: Sendable {
    var time: Double
    var sequence: UInt64
    var metaSequence: UInt64?
    /// Place of the keyframe in its unit's content.
    var offset: Int
    var unitSequence: UInt64
  }

  var starts: [WindowName: Start]
  /// Events of windows without a keyframe count from here on.
  var earliest: Double
  var notice: Gap?
  /// Units that hold something to play, in order of their first timestamp.
  var units: [Unit]
  var window: String?

  /// Plans playback at `time`: for each window its last keyframe at or before it, else its first one after.
  init(
    _ all: [Unit], at time: Double?, window: String?, _ keyframes: (Unit) throws(StoreError) -> [UnitKeyframe]
  ) throws(StoreError) {
    self.window = window
    starts = [:]
    var hasEarly = false
    var early: [WindowName: Bool] = [:]
    for unit in all where unit.hasKeyframe {
      for keyframe in try keyframes(unit) where window.map({ WindowName.same($0, keyframe.window) }) ?? true {
        let name = WindowName(keyframe.window)
        let isEarly = time.map { keyframe.timestamp <= $0 } ?? false
        let candidate = Start(
          time: Self.time(keyframe.timestamp, in: unit), sequence: keyframe.sequence,
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

  /// Plans all events of the units, without regard to keyframes.
  init(everythingOf all: [Unit], window: String?) {
    self.window = window
    starts = [:]
    earliest = -.infinity
    notice = nil
    units = Self.order(all) { unit, _ in window.map { unit.holds($0) } ?? true }
  }

  /// The units that are wanted, by their first timestamp. One without a plausible timestamp stays where it arrived.
  private static func order(_ all: [Unit], _ isWanted: (_ unit: Unit, _ end: Double) -> Bool) -> [Unit] {
    var units: [Unit] = []
    var last = -Double.infinity
    for unit in all {
      var unit = unit
      let end = unit.range?.upperBound ?? last
      if unit.range == nil, last.isFinite { unit.range = last...last }
      last = max(last, end)
      if isWanted(unit, end) { units.append(unit) }
    }
    return units.sorted {
      ($0.range?.lowerBound ?? -.infinity, $0.sequence) < ($1.range?.lowerBound ?? -.infinity, $1.sequence)
    }
  }

  /// Whether an event is played.
  func plays(_ line: TimedLines.Line) -> Bool {
    if let window, !WindowName.same(line.window, window) { return false }
    guard let start = starts[WindowName(line.window)] else { return line.time >= earliest }
    return line.sequence == start.metaSequence || (line.time, line.sequence) >= (start.time, start.sequence)
  }

  /// Whether all of a unit is played, without looking at its events.
  func playsAll(of unit: Unit) -> Bool {
    guard let range = unit.range else { return false }
    if let window, !unit.isOnly(window) { return false }
    return unit.windows.allSatisfy { name in
      let from = starts[WindowName(name)]?.time ?? earliest
      return range.lowerBound > from
    }
  }

  private static func time(_ timestamp: Double, in unit: Unit) -> Double {
    guard let range = unit.range else { return -.infinity }
    return range.contains(timestamp) ? timestamp : range.lowerBound
  }
}
