internal import SegmentFiles

/// What is stored of a session from a place on, in order of arrival, unit by unit: at most one is in memory at a time,
/// and the places of a few.
package struct BacklogStream: ChunkStream {
  private let core: StoreCore
  private let key: SessionKey
  private var units: ArraySlice<Unit> = []
  /// There are more units than these.
  private var isCut = false
  /// Behind what was given. Empty of starts where all that is stored was.
  private(set) var place: TailPlace
  private var gap: Gap?
  /// When the session was finished.
  private(set) var finished: Double?
  private var tellsFinish: Bool

  /// Units that are known at a time: who reads slowly keeps no journals open and no long lists.
  private static let unitLimit = 64

  /// Begins behind a cursor, or with everything; with `fromKeyframe` at each window's last keyframe, where one follows.
  /// With `tellsFinish` the last chunk says whether the session is finished.
  package init(
    _ core: StoreCore, _ key: SessionKey, after cursor: Cursor?, fromKeyframe: Bool, tellsFinish: Bool = true
  ) throws(StoreError) {
    self.core = core
    self.key = key
    self.tellsFinish = tellsFinish
    guard let found = try Self.stored(core, key, from: 0) else { throw core.absence(of: key) }
    (place, gap) = try TailPlace.opening(
      found.units, of: key, after: cursor, epoch: core.contents.withLock { $0.catalog.nextEpoch },
      isFollowing: !core.isWriting)
    if fromKeyframe {
      try place.skipToKeyframes(found.units, isFresh: cursor == nil) { unit throws(StoreError) in
        try Self.keyframes(of: unit, core, key)
      }
      if place.starts.isEmpty, cursor == nil {
        gap = Gap(
          reason: .noKeyframe, sequences: nil,
          message: "the session has no keyframe yet: its events cannot be played and are given from the first on")
      }
    }
    take(found)
  }

  /// Goes on at a place.
  init(_ core: StoreCore, _ key: SessionKey, at place: TailPlace) throws(StoreError) {
    self.core = core
    self.key = key
    self.place = place
    tellsFinish = false
    try look()
  }

  /// Takes the next units; what was there once and is not any more has expired.
  private mutating func look() throws(StoreError) {
    guard let found = try Self.stored(core, key, from: place.next) else { throw core.departure(of: key) }
    take(found)
  }

  private mutating func take(_ found: (units: [Unit], finished: Double?)) {
    let rest = found.units.drop { $0.nextSequence <= place.next }
    // A copy: a slice would keep them all.
    units = Array(rest.prefix(Self.unitLimit))[...]
    isCut = rest.count > units.count
    finished = found.finished
  }

  /// The units from a sequence on, and whether the session is finished; nil where there is nothing of it.
  private static func stored(
    _ core: StoreCore, _ key: SessionKey, from sequence: UInt64
  ) throws(StoreError) -> (units: [Unit], finished: Double?)? {
    let (picture, parts) = try core.resolve(key)
    guard !parts.isEmpty || !(picture.live?.parts.isEmpty ?? true) else { return nil }
    return (picture.units(parts, from: sequence), picture.finished(parts))
  }

  /// A unit whose keyframes cannot be read has none: what is wrong is told when its turn comes.
  private static func keyframes(
    of unit: Unit, _ core: StoreCore, _ key: SessionKey
  ) throws(StoreError) -> [UnitKeyframe] {
    do { return try core.keyframes(of: unit) } catch  where error.code == .damaged || error.code == .notFound {
      if let refusal = core.letGo(key) { throw refusal }
      return []
    }
  }

  package var isAtEnd: Bool { units.isEmpty && !isCut && gap == nil && !mustTellFinish }

  private var mustTellFinish: Bool { tellsFinish && finished != nil }

  package mutating func next() throws(StoreError) -> EventChunk? {
    while true {
      if units.isEmpty, isCut { try look() }
      guard let unit = units.popFirst() else { break }
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
        return units.isEmpty && !isCut ? closing(chunk) : chunk
      } catch  where error.code == .damaged || error.code == .notFound {
        if let refusal = core.letGo(key) { throw refusal }
        declare(max(place.next, unit.sequence)..<unit.nextSequence, error.message)
      }
    }
    guard gap != nil || mustTellFinish else {
      place.starts = [:]
      return nil
    }
    let last = EventChunk(ndjson: [], runs: EventRuns(), gapBefore: gap)
    gap = nil
    return closing(last)
  }

  /// The last chunk.
  private mutating func closing(_ chunk: EventChunk) -> EventChunk {
    place.starts = [:]
    guard mustTellFinish else { return chunk }
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

  /// Takes note of what is missing; one that is not told yet grows.
  private mutating func declare(_ sequences: Range<UInt64>, _ message: String) {
    let before = gap.flatMap { $0.reason == .lost ? $0 : nil }
    let range = before?.sequences ?? sequences
    gap = Gap(
      reason: .lost,
      sequences: min(range.lowerBound, sequences.lowerBound)..<max(range.upperBound, sequences.upperBound),
      message: before?.message ?? message)
  }
}
