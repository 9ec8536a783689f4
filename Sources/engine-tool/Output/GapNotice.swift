import SegmentEngine

/// How commands that write events tell of what is missing between them.
enum GapNotice {
  /// Tells of a gap on standard error. Returns true where it means that events were lost.
  static func tell(_ gap: Gap?) -> Bool {
    guard let gap else { return false }
    let place = gap.sequences.map { " (sequences \($0.lowerBound) to \($0.upperBound), the last not included)" } ?? ""
    Standard.complain(gap.message + place)
    return gap.reason == .lost
  }
}
