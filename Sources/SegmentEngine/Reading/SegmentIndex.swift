/// Where every segment of every pack is: 24 bytes each, found by key hash. Immutable; a change makes another one.
///
/// Segments are in one array sorted by hash, except those of the packs that came last: their locators are kept as they were
/// read, and searched pack by pack, until there are too many of them. So neither opening a store nor adding a pack to a
/// large one puts everything in order anew.
package final class SegmentIndex: Sendable {
  package struct Segment: Sendable {
    var hash: UInt64
    /// Place and length of the directory entry in its pack.
    var offset: UInt32
    var length: UInt32
    /// Start of the session in this segment, seconds since 1970.
    var start: UInt32
    /// Place in `packs`, and in the upper eight bits how long the session goes on from there: four bytes for both keep a
    /// segment at 24.
    private var packAndSpan: UInt32

    /// Place in `packs`.
    var pack: UInt32 { packAndSpan & UInt32(SegmentIndex.packLimit - 1) }

    /// The session does not go on in this segment after the second that this one is, since 1970. At most a sixteenth of the
    /// segment's time too late; `.max` where it goes on for longer than `CoarseSpan` can say.
    var latestEnd: UInt32 { CoarseSpan(code: UInt8(packAndSpan >> 24)).end(from: start) }

    init(_ locator: Locator, pack: UInt32) {
      hash = locator.hash
      offset = locator.offset
      length = locator.length
      start = locator.start
      let span = locator.end < locator.start ? .unlimited : CoarseSpan(reaching: locator.end - locator.start)
      packAndSpan = pack | UInt32(span.code) << 24
    }

    /// Stands where none was put yet.
    static let none = Segment(Locator(hash: 0, offset: 0, length: 0, start: 0, end: 0), pack: 0)
  }

  /// Places of packs are below it; the catalog of so many would take more than a gigabyte.
  static let packLimit = 1 << 24

  private let sorted: [Segment]
  private let runs: [SegmentMerge.Run]
  /// Packs by place; a place whose pack is gone is nil, so that places stay what they are.
  let packs: [PackFacts?]

  package static let empty = SegmentIndex(sorted: [], runs: [], packs: [])

  /// Packs as they are read when a store was opened, however many: each is searched until they are merged.
  convenience init(_ packs: [(facts: PackFacts, locators: LocatorTable)]) {
    let runs = packs.enumerated().map { place, pack in (pack.locators, UInt32(place)) }
    self.init(sorted: [], runs: runs, packs: packs.map(\.facts))
  }

  /// Whether more packs are searched one by one than should be.
  var isLong: Bool { runs.count > Self.runLimit }

  /// At most so many packs are searched one by one.
  static let runLimit = 16

  private init(sorted: [Segment], runs: [SegmentMerge.Run], packs: [PackFacts?]) {
    precondition(packs.count <= Self.packLimit)
    self.sorted = sorted
    self.runs = runs
    self.packs = packs
  }

  /// The packs whose segments are in it; O(packs).
  var packNames: Set<Identifier> { Set(packs.compactMap { $0?.id }) }

  var count: Int { runs.reduce(sorted.count) { $0 + $1.locators.count } }

  /// The segments whose key hash is `hash`; O(log n).
  package func find(_ hash: UInt64) -> [Segment] {
    var found: [Segment] = []
    var at = lowerBound(hash)
    while at < sorted.count, sorted[at].hash == hash {
      found.append(sorted[at])
      at += 1
    }
    for run in runs {
      _ = run.locators.visit(from: run.locators.lowerBound(hash)) { locator in
        guard locator.hash == hash else { return false }
        found.append(Segment(locator, pack: run.pack))
        return true
      }
    }
    return found
  }

  /// Whether there is a segment whose key hash is `hash`; O(log n).
  func contains(_ hash: UInt64) -> Bool {
    let at = lowerBound(hash)
    if at < sorted.count, sorted[at].hash == hash { return true }
    return runs.contains { run in
      let at = run.locators.lowerBound(hash)
      return at < run.locators.count && run.locators[at].hash == hash
    }
  }

  /// Calls `body` with every segment, in no order; O(n).
  func forEach(_ body: (Segment) -> Void) {
    for segment in sorted { body(segment) }
    for run in runs {
      _ = run.locators.visit(from: 0) { locator in
        body(Segment(locator, pack: run.pack))
        return true
      }
    }
  }

  private func lowerBound(_ hash: UInt64) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// All segments in order of hash; nil where they are not in one array, see `merged`.
  var segments: [Segment]? { runs.isEmpty ? sorted : nil }

  /// The same with all segments in one array; O(n).
  package func merged() -> SegmentIndex {
    SegmentIndex(sorted: Self.merge(sorted, SegmentMerge.merged(runs)), runs: [], packs: packs)
  }

  /// The same with what the catalog says of the packs now: their days may move, and parts of them be destroyed.
  /// O(packs); the same object where nothing changed.
  func updating(_ facts: [PackFacts]) -> SegmentIndex {
    let now = Dictionary(facts.map { ($0.id, $0) }) { first, _ in first }
    var isChanged = false
    let updated = packs.map { pack -> PackFacts? in
      guard let pack, let new = now[pack.id], new != pack else { return pack }
      isChanged = true
      return new
    }
    return isChanged ? SegmentIndex(sorted: sorted, runs: runs, packs: updated) : self
  }

  /// The index without some packs and with others: O(n) where packs go, or where too many have come.
  package func changing(
    removing removed: Set<Identifier>, adding added: [(facts: PackFacts, locators: LocatorTable)]
  ) -> SegmentIndex {
    var packs = self.packs
    var gone = Set<UInt32>()
    for (place, pack) in packs.enumerated() {
      if let pack, removed.contains(pack.id) {
        packs[place] = nil
        gone.insert(UInt32(place))
      }
    }
    var runs = runs.filter { !gone.contains($0.pack) }
    for pack in added {
      let place: UInt32
      if let free = packs.firstIndex(where: { $0 == nil }), !gone.contains(UInt32(free)) {
        place = UInt32(free)
        packs[free] = pack.facts
      } else {
        place = UInt32(packs.count)
        packs.append(pack.facts)
      }
      runs.append((pack.locators, place))
    }
    let left = gone.isEmpty ? sorted : sorted.filter { !gone.contains($0.pack) }
    let index = SegmentIndex(sorted: left, runs: runs, packs: packs)
    return runs.count > Self.runLimit ? index.merged() : index
  }

  private static func merge(_ sorted: [Segment], _ more: [Segment]) -> [Segment] {
    if sorted.isEmpty { return more }
    var merged: [Segment] = []
    merged.reserveCapacity(sorted.count + more.count)
    var next = 0
    for segment in sorted {
      while next < more.count, more[next].hash < segment.hash {
        merged.append(more[next])
        next += 1
      }
      merged.append(segment)
    }
    merged += more[next...]
    return merged
  }
}
