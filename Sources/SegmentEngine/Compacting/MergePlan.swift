internal import SegmentFiles

/// Which small packs to put together: a pure function of what the catalog says.
///
/// Packs are merged with others of about their own size (a factor of eight), eight or more at a time, so that each byte is
/// copied a few times at most: about log8(largest / smallest). Recent packs are merged with their neighbours in time,
/// so that a merged one spans little more time than its sessions last.
enum MergePlan {
  /// At least, and at most, so many packs are merged at once.
  static let fewest = 8
  static let most = 64

  /// The longest time, in milliseconds, that a merged pack of the recent tier spans.
  static func span(_ configuration: Configuration) -> Double {
    max(3_600_000, configuration.recentHours * 3_600_000 / 8)
  }

  /// The largest pack that may come of it. Old and new are there side by side for a while: a budget leaves room for one
  /// pack in all.
  static func packBytes(_ configuration: Configuration, _ policy: Policy) -> Int {
    policy.hasBudget ? configuration.packBytes / 2 : configuration.packBytes
  }

  /// The next packs to merge; nil where nothing is to be done.
  ///
  /// - Parameters:
  ///   - packs: in order of first ordinal; those to be left alone are not among them.
  ///   - packBytes: the largest pack that may come of it.
  ///   - span: the longest time, in milliseconds, that a recent pack may span.
  static func next(_ packs: [PackFacts], packBytes: Int, span: Double) -> [PackFacts]? {
    var groups: [Placement: [PackFacts]] = [:]
    for pack in packs { groups[Placement(pack), default: []].append(pack) }
    // The smallest level first: there are the most packs, and the cheapest.
    var best: (level: Int, packs: [PackFacts])?
    for (placement, group) in groups {
      for run in runs(group, placement, UInt64(packBytes), span) where run.packs.count >= fewest {
        if let best, (best.level, best.packs[0].firstOrdinal) <= (run.level, run.packs[0].firstOrdinal) { continue }
        best = run
      }
    }
    return best?.packs
  }

  private static func runs(
    _ group: [PackFacts], _ placement: Placement, _ packBytes: UInt64, _ span: Double
  ) -> [(level: Int, packs: [PackFacts])] {
    var runs: [(level: Int, packs: [PackFacts])] = []
    // Archive packs of one placement need not be neighbours.
    let ordered = placement.tier == .recent ? group : group.sorted { level($0) < level($1) }
    var open: (level: Int, packs: [PackFacts], bytes: UInt64, first: Double, last: Double)?
    for pack in ordered {
      let level = level(pack)
      if var run = open {
        let first = min(run.first, pack.firstReceived)
        let last = max(run.last, pack.lastReceived)
        let fits = run.bytes + pack.liveBytes <= packBytes && run.packs.count < most
        if run.level == level, fits, placement.tier == .archive || last - first <= span {
          run.packs.append(pack)
          run.bytes += pack.liveBytes
          run.first = first
          run.last = last
          open = run
          continue
        }
        runs.append((run.level, run.packs))
      }
      open = (level, [pack], pack.liveBytes, pack.firstReceived, pack.lastReceived)
    }
    if let run = open { runs.append((run.level, run.packs)) }
    return runs
  }

  /// 0 up to 64 KiB, then one more for each factor of eight.
  static func level(_ pack: PackFacts) -> Int {
    let units = pack.liveBytes >> 16
    return units == 0 ? 0 : 1 + (UInt64.bitWidth - 1 - units.leadingZeroBitCount) / 3
  }
}
