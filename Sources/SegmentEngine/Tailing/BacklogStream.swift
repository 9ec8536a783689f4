internal import SegmentFiles

/// What is stored of a session from a place on, in order of arrival, unit by unit: at most one is in memory at a time.
package struct BacklogStream: ChunkStream {
  private let core: StoreCore
  private let key: SessionKey
  private var units: ArraySlice<Unit>
  /// Behind what was given.
  private(set) var place: TailPlace
  private var gap: Gap?
  /// When the session was finished.
  let finished: Double?
  private var tellsFinish: Bool

  /// Begins behind a cursor, or with everything; with `fromKeyframe` at each window's last keyframe, where one follows.
  /// With `tellsFinish` the last chunk says whether the session is finished.
  package init(
    _ core: StoreCore, _ key: SessionKey, after cursor: Cursor?, fromKeyframe: Bool, tellsFinish: Bool = true
  ) throws(StoreError) {
    let found = try Self.stored(core, key)
    var (place, notice) = try TailPlace.opening(
      found.units, of: key, after: cursor, epoch: core.contents.withLock { $0.catalog.nextEpoch })
    if fromKeyframe {
      try place.skipToKeyframes(found.units, isFresh: cursor == nil) { unit throws(StoreError) in
        try core.keyframes(of: unit)
      }
      if place.starts.isEmpty, cursor == nil {
        notice = Gap(
          reason: .noKeyframe, sequences: nil,
          message: "the session has no keyframe yet: its events cannot be played and are given from the first on")
      }
    }
    self.init(core, key, found, place, notice, tellsFinish: tellsFinish)
  }

  /// Goes on at a place.
  init(_ core: StoreCore, _ key: SessionKey, at place: TailPlace) throws(StoreError) {
    self.init(core, key, try Self.stored(core, key), place, nil, tellsFinish: false)
  }

  private init(
    _ core: StoreCore, _ key: SessionKey, _ found: (units: [Unit], finished: Double?), _ place: TailPlace,
    _ notice: Gap?, tellsFinish: Bool
  ) {
    self.core = core
    self.key = key
    self.place = place
    self.tellsFinish = tellsFinish && found.finished != nil
    units = found.units.filter { $0.nextSequence > place.next }[...]
    finished = found.finished
    gap = notice
  }

  private static func stored(
    _ core: StoreCore, _ key: SessionKey
  ) throws(StoreError) -> (units: [Unit], finished: Double?) {
    let (picture, parts) = try core.resolve(key)
    guard !parts.isEmpty || !(picture.live?.parts.isEmpty ?? true) else { throw core.absence(of: key) }
    return (picture.units(parts), picture.finished(parts))
  }

  package var isAtEnd: Bool { units.isEmpty && gap == nil && !tellsFinish }

  package mutating func next() throws(StoreError) -> EventChunk? {
    while let unit = units.popFirst() {
      if unit.sequence > place.next {
        declare(place.next..<unit.sequence, "events are missing here")
        place.next = unit.sequence
      }
      let isWanted = place.wantsSome(of: unit)
      defer { place.next = max(place.next, unit.nextSequence) }
      if !isWanted { continue }
      do {
        guard let chunk = try chunk(of: unit) else { continue }
        gap = nil
        return units.isEmpty ? closing(chunk) : chunk
      } catch  where error.code == .damaged || error.code == .notFound {
        if let refusal = core.letGo(key) { throw refusal }
        declare(max(place.next, unit.sequence)..<unit.nextSequence, error.message)
      }
    }
    guard gap != nil || tellsFinish else { return nil }
    let last = EventChunk(ndjson: [], runs: EventRuns(), gapBefore: gap)
    gap = nil
    return closing(last)
  }

  private mutating func closing(_ chunk: EventChunk) -> EventChunk {
    guard tellsFinish else { return chunk }
    tellsFinish = false
    return chunk.ending(finished)
  }

  /// The wanted events of a unit; nil where none is.
  private func chunk(of unit: Unit) throws(StoreError) -> EventChunk? {
    let content = try core.load(unit, of: key)
    if place.wantsAll(of: unit) { return EventChunk(ndjson: content, runs: unit.runs, gapBefore: gap) }
    var ndjson: [UInt8] = []
    var runs = EventRuns()
    var lines = LineSplitter(content)
    unit.runs.forEach { sequence, epoch, window in
      guard let line = lines.next(), place.wants(sequence, window) else { return }
      ndjson += content[line.lowerBound..<min(content.count, line.upperBound + 1)]
      runs.append(sequence: sequence, count: 1, epoch: epoch, window: window)
    }
    return runs.count == 0 ? nil : EventChunk(ndjson: ndjson, runs: runs, gapBefore: gap)
  }

  private mutating func declare(_ sequences: Range<UInt64>, _ message: String) {
    let from = gap?.sequences?.lowerBound ?? sequences.lowerBound
    gap = Gap(
      reason: .lost, sequences: min(from, sequences.lowerBound)..<sequences.upperBound, message: gap?.message ?? message
    )
  }
}
