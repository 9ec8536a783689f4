/// Brings the locators of several packs together in one array sorted by hash.
///
/// Hashes are evenly spread, so their top bits say nearly where each belongs. The range of hashes is gone through in
/// blocks of some thousand segments; in each, one pass counts how many segments have which top bits, another puts each
/// in its place, and a last one settles the few that share those bits. Each pack's locators are sorted already, so a
/// block's are next to each other in every pack; what is written out of order at a time fits into the processor's
/// caches.
enum SegmentMerge {
  typealias Segment = SegmentIndex.Segment
  typealias Run = (locators: LocatorTable, pack: UInt32)

  /// Buckets of a block.
  private static let bucketBits = 12

  /// All segments of the runs in order of hash; those of one hash in order of the runs. O(n) for hashes that are evenly
  /// spread, O(n log n) for any.
  static func merged(_ runs: [Run]) -> [Segment] {
    if runs.count == 1, let run = runs.first { return run.locators.map { Segment($0, pack: run.pack) } }
    let total = runs.reduce(0) { $0 + $1.locators.count }
    // As many buckets as segments, or up to twice as many. Hashes that are equal down from bit `shift` are in one.
    let bits = max(1, Int.bitWidth - total.leadingZeroBitCount)
    let shift = UInt64(UInt64.bitWidth - bits)
    var places = [Int](repeating: 0, count: 1 << min(bits, bucketBits))
    var starts = runs.map { _ in 0 }
    var block = [Segment](repeating: .none, count: 2 * places.count)
    var sorted: [Segment] = []
    sorted.reserveCapacity(total)
    var isSorted = true
    var first: UInt64 = 0
    while sorted.count < total {
      let count = gather(runs, from: first, shift, &starts, &places, &block)
      if !settle(&block, count) { isSorted = false }
      sorted += block[..<count]
      first += UInt64(places.count)
    }
    // Where someone chose IDs whose hashes are alike.
    if !isSorted { sorted.sort { $0.hash < $1.hash } }
    return sorted
  }

  /// Puts the segments whose bucket is one of those from `first` on into `block`, in order of bucket. Returns how many.
  ///
  /// `starts` says where they begin in each run, and afterwards where those of the next block do; `places` is room for as
  /// many numbers as a block has buckets.
  private static func gather(
    _ runs: [Run], from first: UInt64, _ shift: UInt64, _ starts: inout [Int], _ places: inout [Int],
    _ block: inout [Segment]
  ) -> Int {
    var places = places.mutableSpan
    // First how many are in each bucket, then where the next one goes.
    for bucket in places.indices { places[bucket] = 0 }
    for (number, run) in runs.enumerated() {
      _ = run.locators.visit(from: starts[number]) { locator in
        let bucket = Int(truncatingIfNeeded: (locator.hash &>> shift) &- first)
        guard bucket >= 0, bucket < places.count else { return false }
        places[bucket] &+= 1
        return true
      }
    }
    var count = 0
    for bucket in places.indices {
      let own = places[bucket]
      places[bucket] = count
      count += own
    }
    if count > block.count { block = [Segment](repeating: .none, count: count) }
    var block = block.mutableSpan
    for (number, run) in runs.enumerated() {
      starts[number] = run.locators.visit(from: starts[number]) { locator in
        let bucket = Int(truncatingIfNeeded: (locator.hash &>> shift) &- first)
        guard bucket >= 0, bucket < places.count else { return false }
        let place = places[bucket]
        places[bucket] = place &+ 1
        block[place] = Segment(locator, pack: run.pack)
        return true
      }
    }
    return count
  }

  /// Moves what is out of order in the first `count` segments to its place among its neighbours. Returns false where
  /// that gets too far.
  private static func settle(_ block: inout [Segment], _ count: Int) -> Bool {
    guard count > 1 else { return true }
    var left = 8 * count
    var block = block.mutableSpan
    var previous = block[0].hash
    for at in 1..<count {
      let segment = block[at]
      if segment.hash >= previous {
        previous = segment.hash
        continue
      }
      var place = at
      while place > 0, block[place - 1].hash > segment.hash {
        block[place] = block[place - 1]
        place -= 1
        left -= 1
      }
      block[place] = segment
      if left < 0 { return false }
    }
    return true
  }
}
