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
    var places: [UInt32] = []
    for pack in added {
      if let free = packs.firstIndex(where: { $0 == nil }), !gone.contains(UInt32(free)) {
        places.append(UInt32(free))
        packs[free] = pack.facts
      } else {
        places.append(UInt32(packs.count))
        packs.append(pack.facts)
      }
    }
    let more = Self.merged(added.map(\.locators), places)
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

  /// Sorted lists as one. Hashes are evenly spread: each goes to a bucket by its top bits, and what is out of order
  /// within a bucket is put right by moving it a few places. Each list is sorted, so every pass goes through memory
  /// from front to back.
  private static func merged(_ lists: [[Locator]], _ places: [UInt32]) -> [Segment] {
    let count = lists.reduce(0) { $0 + $1.count }
    if count == 0 { return [] }
    // One or two to a bucket.
    let bits = min(22, max(1, Int.bitWidth - count.leadingZeroBitCount - 1))
    let shift = UInt64(64 - bits)
    var counts = [UInt32](repeating: 0, count: (1 << bits) + 1)
    var sorted = [Segment](repeating: Segment(hash: 0, offset: 0, length: 0, start: 0, pack: 0), count: count)
    var next = counts.mutableSpan
    var target = sorted.mutableSpan
    for list in lists {
      for locator in list { next[Int(locator.hash >> shift) + 1] += 1 }
    }
    for bucket in 1..<next.count { next[bucket] += next[bucket - 1] }
    for (list, place) in zip(lists, places) {
      for locator in list {
        let bucket = Int(locator.hash >> shift)
        let segment = Segment(
          hash: locator.hash, offset: locator.offset, length: locator.length, start: locator.start, pack: place)
        target[Int(next[bucket])] = segment
        next[bucket] += 1
      }
    }
    if lists.count > 1 {
      for at in 1..<count where target[at - 1].hash > target[at].hash {
        let segment = target[at]
        var place = at
        repeat {
          target[place] = target[place - 1]
          place -= 1
        } while place > 0 && target[place - 1].hash > segment.hash
        target[place] = segment
      }
    }
    return sorted
  }
}
