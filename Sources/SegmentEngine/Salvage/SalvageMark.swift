/// Consecutive events of a session that one file holds: what is known of everything at once, in few bytes.
struct SalvageMark {
  /// Key hash of the session.
  var hash: UInt64
  /// From here on the file answers for the session: what is missing up to `lower` was missing before.
  var claim: UInt64
  var lower: UInt64
  /// Behind the last event; `lower` where there is none, but tags or an end.
  var upper: UInt64
  var epoch: UInt64
  var ordinal: UInt64
  /// Place in the list of sources.
  var source: Int32

  var range: Range<UInt64> { lower..<upper }
}

/// A file that events are taken from, by which one is preferred where two have the same.
struct SalvageRank: Comparable {
  /// 3 archive, 2 recent, 1 journal, 0 a copy of a journal kept aside.
  var tier: Int
  var created: Double
  var id: Identifier

  static func < (a: SalvageRank, b: SalvageRank) -> Bool {
    (a.tier, a.created, a.id) < (b.tier, b.created, b.id)
  }
}

/// Decides which files are needed and which may stay as they are.
struct SalvageChoice {
  /// Sources that hold what no better one has.
  private(set) var isNeeded: [Bool]
  /// Needed packs that cannot be taken as they are: something in them overlaps, or follows a gap that no file answers for.
  private(set) var isDisturbed: [Bool]
  private(set) var sessions = 0
  private(set) var events: UInt64 = 0
  /// In order of hash and sequence; those of needed sources.
  private(set) var marks: [SalvageMark]

  /// `isComplete`: the catalog says which packs count, and all of them do.
  init(_ all: [SalvageMark], ranks: [SalvageRank], isComplete: Bool) {
    isNeeded = Array(repeating: false, count: ranks.count)
    isDisturbed = isNeeded
    var sorted = all
    sorted.sort { ($0.hash, $0.lower, $0.upper, $0.source) < ($1.hash, $1.lower, $1.upper, $1.source) }
    var needed = isNeeded
    Self.forEachSession(sorted) { group in
      for mark in group where !needed[Int(mark.source)] {
        if (isComplete && ranks[Int(mark.source)].tier > 1) || !Self.isCovered(mark, by: group, ranks) {
          needed[Int(mark.source)] = true
        }
      }
    }
    isNeeded = needed
    sorted.removeAll { !needed[Int($0.source)] }
    marks = sorted
    var disturbed = isDisturbed
    var (sessions, events) = (0, 0 as UInt64)
    Self.forEachSession(sorted) { group in
      sessions += 1
      var expected: UInt64 = 0
      var epoch: UInt64 = 0
      var isSound = true
      var held = SequenceRanges()
      for mark in group where mark.upper > mark.lower {
        if mark.claim != expected || mark.epoch < epoch { isSound = false }
        (expected, epoch) = (max(expected, mark.upper), max(epoch, mark.epoch))
        held.insert(mark.range)
      }
      events += held.count
      if !isSound { for mark in group { disturbed[Int(mark.source)] = true } }
    }
    isDisturbed = disturbed
    self.sessions = sessions
    self.events = events
  }

  /// The marks of a session.
  func marks(of hash: UInt64) -> ArraySlice<SalvageMark> {
    var low = 0
    var high = marks.count
    while low < high {
      let middle = (low + high) / 2
      if marks[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    var end = low
    while end < marks.count, marks[end].hash == hash { end += 1 }
    return marks[low..<end]
  }

  private static func forEachSession(_ marks: [SalvageMark], _ body: (ArraySlice<SalvageMark>) -> Void) {
    var start = 0
    while start < marks.count {
      var end = start
      while end < marks.count, marks[end].hash == marks[start].hash { end += 1 }
      body(marks[start..<end])
      start = end
    }
  }

  /// Whether better sources have all that a mark stands for.
  private static func isCovered(
    _ mark: SalvageMark, by group: ArraySlice<SalvageMark>, _ ranks: [SalvageRank]
  ) -> Bool {
    var at = mark.lower
    for other in group {
      guard other.source != mark.source, ranks[Int(mark.source)] < ranks[Int(other.source)] else { continue }
      // Tags alone went where the events of the same journal, or of later ones, went.
      if mark.range.isEmpty {
        if other.ordinal >= mark.ordinal { return true }
        continue
      }
      if other.epoch >= mark.epoch, other.lower <= at { at = max(at, other.upper) }
    }
    return !mark.range.isEmpty && at >= mark.upper
  }
}
