/// How far a reader of a session has come, by sequence, and which windows it wants from a keyframe on only.
struct TailPlace: Sendable {
  /// Where a window begins: its keyframe, and the Meta event before it.
  struct Start: Sendable {
    var keyframe: UInt64
    var meta: UInt64?

    /// The first event that is wanted.
    var first: UInt64 { meta ?? keyframe }
  }

  /// Sequence of the next event.
  var next: UInt64
  /// Windows that are not here are wanted from `next` on.
  var starts: [ExactName: Start] = [:]

  /// Whether an event is wanted.
  func wants(_ sequence: UInt64, _ window: String) -> Bool {
    guard sequence >= next else { return false }
    // What stands between a Meta event and its keyframe changes a page that is not shown.
    return starts[ExactName(window)].map { sequence >= $0.keyframe || sequence == $0.meta } ?? true
  }

  /// Whether every event of a unit is wanted.
  func wantsAll(of unit: Unit) -> Bool {
    unit.sequence >= next
      && (starts.isEmpty
        || unit.windows.allSatisfy { name in starts[ExactName(name)].map { unit.sequence >= $0.keyframe } ?? true })
  }

  /// Whether some event of a unit may be wanted.
  func wantsSome(of unit: Unit) -> Bool {
    unit.nextSequence > next
      && (starts.isEmpty
        || unit.windows.contains { name in starts[ExactName(name)].map { unit.nextSequence > $0.first } ?? true })
  }
}
