/// A set of sequences, as ranges in order that do not touch.
struct SequenceRanges {
  private(set) var ranges: [Range<UInt64>] = []

  var count: UInt64 { ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }

  /// What of a range is not in the set, in order.
  func missing(of range: Range<UInt64>) -> [Range<UInt64>] {
    var missing: [Range<UInt64>] = []
    var at = range.lowerBound
    for known in ranges[firstIndex(reaching: range.lowerBound)...] {
      if known.lowerBound >= range.upperBound { break }
      if known.lowerBound > at { missing.append(at..<known.lowerBound) }
      at = max(at, known.upperBound)
    }
    if at < range.upperBound { missing.append(at..<range.upperBound) }
    return missing
  }

  func contains(_ range: Range<UInt64>) -> Bool { missing(of: range).isEmpty }

  mutating func insert(_ range: Range<UInt64>) {
    if range.isEmpty { return }
    let start = firstIndex(reaching: range.lowerBound)
    var end = start
    var joined = range
    while end < ranges.count, ranges[end].lowerBound <= range.upperBound {
      joined = min(joined.lowerBound, ranges[end].lowerBound)..<max(joined.upperBound, ranges[end].upperBound)
      end += 1
    }
    ranges.replaceSubrange(start..<end, with: [joined])
  }

  /// Index of the first range that ends at `sequence` or behind it.
  private func firstIndex(reaching sequence: UInt64) -> Int {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < sequence { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
