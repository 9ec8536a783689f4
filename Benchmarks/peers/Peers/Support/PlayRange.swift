/// What is known of a stored batch where a play looks for what it needs.
struct BatchTimes {
  var number: Int
  var first: Int64
  var last: Int64
  var keyframe: Int64?

  /// The batches with events from the last keyframe at or before `time` up to `time`, in order; from the first event
  /// where there is no such keyframe. Looks at all of them: windows of a session overlap, so times need not rise with
  /// numbers.
  static func needed(_ batches: [BatchTimes], at time: Int64) -> [BatchTimes] {
    let keyframe = batches.compactMap(\.keyframe).filter { $0 <= time }.max() ?? .min
    return batches.filter { $0.first <= time && $0.last >= keyframe }
  }
}
