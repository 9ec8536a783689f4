/// A session's events in order of arrival, unit by unit: at most one is in memory at a time.
package struct ArrivalStream: ChunkStream {
  private let core: StoreCore
  private let key: SessionKey
  private let units: [Unit]
  private let time: Range<Double>?
  private let window: String?
  private var place = 0
  private var expected: UInt64
  private var gap: Gap?

  package init(_ core: StoreCore, _ key: SessionKey, time: Range<Double>?, window: String?) throws(StoreError) {
    self.core = core
    self.key = key
    self.time = time
    self.window = window
    let (picture, parts) = try core.resolve(key)
    units = picture.units(parts)
    expected = 0
    guard !parts.isEmpty || !(picture.live?.parts.isEmpty ?? true) else { throw core.absence(of: key) }
  }

  package mutating func next() throws(StoreError) -> EventChunk? {
    while place < units.count {
      let unit = units[place]
      place += 1
      if unit.sequence > expected { declare(expected..<unit.sequence, "events are missing here") }
      expected = max(expected, unit.nextSequence)
      if let time, !(unit.range.map { time.overlaps($0) } ?? false) { continue }
      if let window, !unit.holds(window) { continue }
      do {
        if let chunk = try chunk(of: unit) { return chunk }
      } catch  where error.code == .damaged || error.code == .notFound {
        if let refusal = core.letGo(key) { throw refusal }
        declare(unit.sequence..<unit.nextSequence, error.message)
      }
    }
    // What is missing at the end has no events behind it to be told with.
    guard let gap else { return nil }
    self.gap = nil
    return EventChunk(ndjson: [], runs: EventRuns(), gapBefore: gap)
  }

  package var isAtEnd: Bool { place == units.count && gap == nil }

  private mutating func chunk(of unit: Unit) throws(StoreError) -> EventChunk? {
    let content = try core.load(unit, of: key)
    let isWhole =
      time.map { time in
        unit.isPlausible && (unit.range.map { time.contains($0.lowerBound) && time.contains($0.upperBound) } ?? false)
      } ?? true
    let chunk: EventChunk
    if isWhole, window.map({ unit.isOnly($0) }) ?? true {
      chunk = EventChunk(ndjson: content, runs: unit.runs, gapBefore: gap)
    } else {
      var ndjson: [UInt8] = []
      var runs = EventRuns()
      TimedLines(content, unit).forEach { line in
        if let window, !NameBytes.same(line.window, window) { return }
        if let time, !line.isPlausible || !time.contains(line.time) { return }
        ndjson += content[line.bytes.lowerBound..<min(content.count, line.bytes.upperBound + 1)]
        runs.append(sequence: line.sequence, count: 1, epoch: unit.epoch, window: line.window)
      }
      if runs.count == 0 { return nil }
      chunk = EventChunk(ndjson: ndjson, runs: runs, gapBefore: gap)
    }
    gap = nil
    return chunk
  }

  private mutating func declare(_ sequences: Range<UInt64>, _ message: String) {
    let from = gap?.sequences?.lowerBound ?? sequences.lowerBound
    gap = Gap(reason: .lost, sequences: from..<sequences.upperBound, message: message)
  }
}

/// What gives one chunk after the other; synchronous.
package protocol ChunkStream: Sendable {
  mutating func next() throws(StoreError) -> EventChunk?
  /// True where it is certain that `next` has nothing more, so that it need not be asked.
  var isAtEnd: Bool { get }
  /// True where what comes next belongs to the picture that was asked for: nothing can be shown without it.
  var isBeforeMoment: Bool { get }
}

extension ChunkStream {
  package var isBeforeMoment: Bool { false }
}

extension StoreError {
  static func noSession(_ key: SessionKey) -> StoreError {
    StoreError(.notFound, "there is no session \(key) in the store", location: .init(session: key))
  }
}
