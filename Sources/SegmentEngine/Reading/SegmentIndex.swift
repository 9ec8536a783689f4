/// Where every segment of every pack is: 24 bytes each, sorted by key hash. Immutable; a change makes another one.
final class SegmentIndex: Sendable {
  struct Segment: Sendable {
    var hash: UInt64
    /// Place and length of the directory entry in its pack.
    var offset: UInt32
    var length: UInt32
    /// Start of the session in this segment, seconds since 1970.
    var start: UInt32
    /// Place in `packs`.
    var pack: UInt32
  }

  let segments: [Segment]
  /// Packs by place; a place whose pack is gone is nil, so that places stay what they are.
  let packs: [PackFacts?]

  static let empty = SegmentIndex(segments: [], packs: [])

  private init(segments: [Segment], packs: [PackFacts?]) {
    self.segments = segments
    self.packs = packs
  }

  /// The segments whose key hash is `hash`; O(log n).
  func find(_ hash: UInt64) -> ArraySlice<Segment> {
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    var end = low
    while end < segments.count, segments[end].hash == hash { end += 1 }
    return segments[low..<end]
  }

  func contains(_ hash: UInt64) -> Bool { !find(hash).isEmpty }

  /// The index without some packs and with others: O(n), and a sort of what is new.
  func changing(
    removing removed: Set<Identifier>, adding added: [(facts: PackFacts, locators: [Locator])]
  ) -> SegmentIndex {
    var packs = self.packs
    var gone = Set<UInt32>()
    for (place, pack) in packs.enumerated() {
      if let pack, removed.contains(pack.id) {
        packs[place] = nil
        gone.insert(UInt32(place))
      }
    }
    var more: [Segment] = []
    more.reserveCapacity(added.reduce(0) { $0 + $1.locators.count })
    for pack in added {
      let place: UInt32
      if let free = packs.firstIndex(where: { $0 == nil }), !gone.contains(UInt32(free)) {
        place = UInt32(free)
        packs[free] = pack.facts
      } else {
        place = UInt32(packs.count)
        packs.append(pack.facts)
      }
      for locator in pack.locators {
        more.append(
          Segment(
            hash: locator.hash, offset: locator.offset, length: locator.length, start: locator.start, pack: place))
      }
    }
    if added.count > 1 { Self.sort(&more) }
    if segments.isEmpty { return SegmentIndex(segments: more, packs: packs) }
    var merged: [Segment] = []
    merged.reserveCapacity(segments.count + more.count)
    var next = 0
    for segment in segments where gone.isEmpty || !gone.contains(segment.pack) {
      while next < more.count, more[next].hash < segment.hash {
        merged.append(more[next])
        next += 1
      }
      merged.append(segment)
    }
    merged += more[next...]
    return SegmentIndex(segments: merged, packs: packs)
  }

  /// Sorts by hash: hashes are evenly spread, so one pass into 2^k buckets by their top bits leaves almost nothing to do.
  private static func sort(_ segments: inout [Segment]) {
    guard segments.count > 64 else {
      segments.sort { $0.hash < $1.hash }
      return
    }
    let bits = min(20, Int.bitWidth - segments.count.leadingZeroBitCount)
    let shift = UInt64(64 - bits)
    var starts = [Int](repeating: 0, count: (1 << bits) + 1)
    for segment in segments { starts[Int(segment.hash >> shift) + 1] += 1 }
    for bucket in 1..<starts.count { starts[bucket] += starts[bucket - 1] }
    var sorted = segments
    var cursor = starts
    for segment in segments {
      let bucket = Int(segment.hash >> shift)
      sorted[cursor[bucket]] = segment
      cursor[bucket] += 1
    }
    for at in 1..<sorted.count {
      let segment = sorted[at]
      var place = at
      while place > 0, sorted[place - 1].hash > segment.hash {
        sorted[place] = sorted[place - 1]
        place -= 1
      }
      sorted[place] = segment
    }
    segments = sorted
  }
}
