internal import SegmentCodecs

/// A session's events from a keyframe on, in order of (timestamp, sequence).
///
/// Units whose ranges of time do not overlap pass as they are, one read and one decompression each. Overlapping ones are
/// merged event by event; at most `decodedLimit` are decompressed at a time, those that waited longest are read again
/// when their turn comes.
package struct PlaybackStream: ChunkStream {
  /// A unit whose events are being merged.
  private struct Open {
    var unit: Unit
    var runs: EventRuns
    /// Events that are played, in order; ordinals are those of the lines.
    var order: [(time: Double, sequence: UInt64, line: Int)]
    var next = 0

    var head: (Double, UInt64) { (order[next].time, order[next].sequence) }
  }

  /// What is left of a unit that was given up to the moment.
  private struct Rest {
    var unit: Unit
    var prefix: ZstdPrefix
    var offset: Int
    var sequence: UInt64
  }

  private struct Decoded {
    var content: [UInt8]
    var lines: [Range<Int>]
    var used: Int
  }

  static let decodedLimit = 8
  static let chunkBytes = 256 << 10

  private let core: StoreCore
  private let key: SessionKey
  private let plan: PlaybackPlan
  private var place = 0
  private var rest: Rest?
  private var open: [Open] = []
  private var decoded: [UInt64: Decoded] = [:]
  private var clock = 0
  private var notice: Gap?
  /// What is to be shown, where playback begins at a time of its own.
  private let moment: Double?
  /// Something past the moment was given.
  private var isShown = false

  package init(_ core: StoreCore, _ key: SessionKey, at time: PlaybackTime, window: String?) throws(StoreError) {
    self.core = core
    self.key = key
    let (picture, parts) = try core.resolve(key)
    guard !parts.isEmpty || !(picture.live?.parts.isEmpty ?? true) else { throw core.absence(of: key) }
    let units = picture.units(parts)
    let moment: Double?
    switch time {
    case .start: moment = nil
    case .at(let timestamp): moment = timestamp.millisecondsSince1970
    case .offset(let milliseconds):
      moment = (units.compactMap { $0.range?.lowerBound }.min() ?? 0) + milliseconds
    }
    guard moment?.isFinite ?? true else {
      throw StoreError(
        .invalidArgument, "playback at \(moment ?? 0); the time must be a number", location: .init(session: key))
    }
    self.moment = moment
    plan = try PlaybackPlan(units, at: moment, window: window) { unit throws(StoreError) in
      try core.keyframes(of: unit)
    }
    notice = plan.notice
    prefetch()
  }

  /// Has the system read all blocks that show the moment at once, rather than one after the other.
  private func prefetch() {
    guard let moment else { return }
    for unit in plan.units.dropFirst() {
      guard let range = unit.range, range.lowerBound <= moment else { return }
      core.prefetch(unit)
    }
  }

  /// All events, or those of units that overlap a range of time, without regard to keyframes.
  init(
    _ core: StoreCore, _ key: SessionKey, everythingIn time: Range<Double>?, window: String?
  ) throws(StoreError) {
    self.core = core
    self.key = key
    let (picture, parts) = try core.resolve(key)
    guard !parts.isEmpty || !(picture.live?.parts.isEmpty ?? true) else { throw core.absence(of: key) }
    var units = picture.units(parts)
    if let time { units.removeAll { !($0.range.map { time.overlaps($0) } ?? false) } }
    moment = nil
    plan = PlaybackPlan(everythingOf: units, in: time, window: window)
  }

  package mutating func next() throws(StoreError) -> EventChunk? {
    while true {
      if let left = rest {
        rest = nil
        let chunk = try finish(left)
        if chunk.count > 0 || chunk.gapBefore != nil { return chunk }
        continue
      }
      if open.isEmpty {
        guard place < plan.units.count else { break }
        let unit = plan.units[place]
        if let chunk = try passThrough(unit) {
          if chunk.count > 0 || chunk.gapBefore != nil { return chunk }
          continue
        }
      }
      let chunk = try merge()
      if chunk.count > 0 || chunk.gapBefore != nil { return chunk }
      if open.isEmpty, place >= plan.units.count { break }
    }
    guard let last = notice else { return nil }
    notice = nil
    return EventChunk(ndjson: [], runs: EventRuns(), gapBefore: last)
  }

  package var isBeforeMoment: Bool {
    guard let moment else { return false }
    if open.contains(where: { $0.head.0 <= moment }) { return true }
    return place < plan.units.count && plan.units[place].range.map { $0.lowerBound <= moment } ?? false
  }

  package var isAtEnd: Bool { rest == nil && open.isEmpty && place == plan.units.count && notice == nil }

  // MARK: Units that overlap no other

  /// The unit's events as they are, where it is in order and the next unit begins after it; nil where it must be merged.
  private mutating func passThrough(_ unit: Unit) throws(StoreError) -> EventChunk? {
    guard unit.isSorted, let range = unit.range else { return nil }
    if place + 1 < plan.units.count {
      let next = plan.units[place + 1]
      guard let other = next.range, (other.lowerBound, next.sequence) > (range.upperBound, unit.sequence) else {
        return nil
      }
    }
    let isWhole = plan.playsAll(of: unit)
    // A unit of one window that begins with, or holds, its keyframe is cut there.
    var start: PlaybackPlan.Start?
    if !isWhole {
      guard let first = unit.windows.first, unit.isOnly(first), plan.window.map({ NameBytes.same($0, first) }) ?? true,
        let from = plan.starts[ExactName(first)], from.unitSequence == unit.sequence,
        // Between Meta and keyframe nothing may stand that is not played.
        from.metaSequence.map({ $0 >= unit.sequence && $0 + 1 == from.sequence }) ?? true
      else { return nil }
      start = from
    }
    place += 1
    let first = start.map { $0.metaSequence ?? $0.sequence } ?? unit.sequence
    var content: [UInt8]
    do {
      if let moment, !isShown {
        if range.upperBound > moment { isShown = true }
        if let chunk = try untilMoment(moment, unit, start, first) {
          notice = nil
          return chunk
        }
      }
      content = try core.load(unit, of: key)
    } catch  where error.code == .damaged || error.code == .notFound {
      try declareLost(unit, error)
      return EventChunk(ndjson: [], runs: EventRuns())
    }
    defer { notice = nil }
    guard let start else { return EventChunk(ndjson: content, runs: unit.runs, gapBefore: notice) }
    let offset = Self.lineStart(content, before: start.offset, lines: Int(start.sequence - first))
    let runs = unit.runs(from: first, count: Int(unit.nextSequence - first))
    // In place: a second array of a large snapshot costs as much as a good part of decompressing it.
    content.removeFirst(offset)
    return EventChunk(ndjson: content, runs: runs, gapBefore: notice)
  }

  /// So little of a unit is given with what is before it.
  private static let smallestRest = 64 << 10

  /// A unit's events from `first` on up to the first one past the moment, and no more of it decompressed: what is behind
  /// is given when it is asked for. Nil for units that are read in one piece.
  private mutating func untilMoment(
    _ moment: Double, _ unit: Unit, _ start: PlaybackPlan.Start?, _ first: UInt64
  ) throws(StoreError) -> EventChunk? {
    var cut = MomentCut(moment, keyframe: start.map { ($0.offset, Int($0.sequence - first)) })
    guard let prefix = try core.prefix(of: unit, of: key, until: { cut.isEnough($0) }), let from = cut.start else {
      return nil
    }
    if cut.isPast, prefix.rawLength - cut.end >= Self.smallestRest, first + UInt64(cut.events) < unit.nextSequence,
      let content = prefix.copy(from..<cut.end)
    {
      rest = Rest(unit: unit, prefix: prefix, offset: cut.end, sequence: first + UInt64(cut.events))
      return EventChunk(ndjson: content, runs: unit.runs(from: first, count: cut.events), gapBefore: notice)
    }
    let content = try core.rest(of: unit, of: key, prefix, from: from)
    return EventChunk(
      ndjson: content, runs: unit.runs(from: first, count: Int(unit.nextSequence - first)), gapBefore: notice)
  }

  private mutating func finish(_ left: Rest) throws(StoreError) -> EventChunk {
    do {
      let content = try core.rest(of: left.unit, of: key, left.prefix, from: left.offset)
      let count = Int(left.unit.nextSequence - left.sequence)
      defer { notice = nil }
      return EventChunk(
        ndjson: content, runs: left.unit.runs(from: left.sequence, count: count), gapBefore: notice)
    } catch  where error.code == .damaged || error.code == .notFound {
      try declareLost(left.unit, from: left.sequence, error)
      return EventChunk(ndjson: [], runs: EventRuns())
    }
  }

  /// The start of the line that stands `lines` lines before the one at `offset`.
  private static func lineStart(_ content: [UInt8], before offset: Int, lines: Int) -> Int {
    var at = min(offset, content.count)
    for _ in 0..<lines where at > 0 {
      at -= 1
      while at > 0, content[at - 1] != 0x0A { at -= 1 }
    }
    return at
  }

  // MARK: Units that overlap

  private mutating func merge() throws(StoreError) -> EventChunk {
    var ndjson: [UInt8] = []
    var runs = EventRuns()
    while ndjson.count < Self.chunkBytes {
      // What is ready goes out before another unit is read: the first frame need not wait for it.
      if !ndjson.isEmpty, isUnitDue { break }
      try openDue()
      guard let index = open.indices.min(by: { open[$0].head < open[$1].head }) else { break }
      let unit = open[index].unit
      let event = open[index].order[open[index].next]
      do {
        let source = try content(of: unit)
        let line = source.lines[event.line]
        ndjson += source.content[line.lowerBound..<min(source.content.count, line.upperBound + 1)]
        runs.append(
          sequence: event.sequence, count: 1, epoch: unit.epoch, window: open[index].runs.window(of: event.sequence))
        open[index].next += 1
      } catch  where error.code == .damaged || error.code == .notFound {
        try declareLost(unit, error)
        open[index].next = open[index].order.count
      }
      if open[index].next == open[index].order.count {
        decoded[unit.sequence] = nil
        open.remove(at: index)
        // With nothing left to merge, units that stand alone pass through again.
        if open.isEmpty { break }
      }
    }
    defer { notice = nil }
    return EventChunk(ndjson: ndjson, runs: runs, gapBefore: notice)
  }

  /// Whether the next unit may hold the next event.
  private var isUnitDue: Bool {
    guard place < plan.units.count else { return false }
    let first = (plan.units[place].range?.lowerBound ?? TimedLines.unknownTime, plan.units[place].sequence)
    return open.allSatisfy { first < $0.head }
  }

  /// Opens the units that may hold the next event.
  private mutating func openDue() throws(StoreError) {
    while isUnitDue {
      let unit = plan.units[place]
      place += 1
      do {
        let source = try content(of: unit)
        var order: [(time: Double, sequence: UInt64, line: Int)] = []
        var ordinal = 0
        TimedLines(source.content, unit).forEach { line in
          if plan.plays(line) { order.append((line.time, line.sequence, ordinal)) }
          ordinal += 1
        }
        order.sort { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
        if order.isEmpty {
          decoded[unit.sequence] = nil
        } else {
          open.append(Open(unit: unit, runs: unit.runs, order: order))
        }
      } catch  where error.code == .damaged || error.code == .notFound {
        try declareLost(unit, error)
      }
    }
  }

  private mutating func content(of unit: Unit) throws(StoreError) -> Decoded {
    clock += 1
    if decoded[unit.sequence] != nil {
      decoded[unit.sequence]?.used = clock
    } else {
      if decoded.count >= Self.decodedLimit, let oldest = decoded.min(by: { $0.value.used < $1.value.used }) {
        decoded[oldest.key] = nil
      }
      let content = try core.load(unit, of: key)
      var lines: [Range<Int>] = []
      lines.reserveCapacity(unit.events)
      var splitter = LineSplitter(content)
      while let line = splitter.next() { lines.append(line) }
      guard lines.count == unit.events else {
        throw .damaged("a block holds another number of events than its index says", file: "", offset: 0, session: key)
      }
      decoded[unit.sequence] = Decoded(content: content, lines: lines, used: clock)
    }
    guard let found = decoded[unit.sequence] else { throw .noSession(key) }
    return found
  }

  /// All of a unit, or what is left of it from a sequence on.
  private mutating func declareLost(
    _ unit: Unit, from sequence: UInt64? = nil, _ error: StoreError
  ) throws(StoreError) {
    if let refusal = core.letGo(key) { throw refusal }
    notice = Gap(
      reason: .lost, sequences: (sequence ?? unit.sequence)..<unit.nextSequence, message: error.message)
  }
}
