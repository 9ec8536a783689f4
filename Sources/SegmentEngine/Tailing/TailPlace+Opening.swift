extension TailPlace {
  /// Where reading behind a cursor begins, and what the reader must be told before.
  ///
  /// A cursor of an earlier epoch may point into what was lost with a machine: events it has seen are then gone, and
  /// their sequences given again. Reading goes on with the first event that took the place of one of them.
  ///
  /// Throws `.invalidArgument` for a cursor that points behind the last event, or that no event ever had. Where others
  /// write (`isFollowing`) it may be that of an event that is not synced yet.
  static func opening(
    _ units: [Unit], of key: SessionKey, after cursor: Cursor?, epoch: UInt64, isFollowing: Bool
  ) throws(StoreError) -> (place: TailPlace, notice: Gap?) {
    guard let cursor else { return (TailPlace(next: 0), nil) }
    let end = units.map(\.nextSequence).max() ?? 0
    let unknown = StoreError(
      .invalidArgument,
      "no event of session \(key) has the cursor \(cursor); the session has \(end) so far: begin without a cursor",
      location: .init(session: key), isRetryable: isFollowing)
    guard cursor.sequence < .max else { throw unknown }
    let own = units.first { $0.sequence <= cursor.sequence && cursor.sequence < $0.nextSequence }
    if let own, own.epoch < cursor.epoch { throw unknown }
    // In a part that is lost, or of the same epoch: what follows follows.
    if own.map({ $0.epoch == cursor.epoch }) ?? (cursor.sequence < end) {
      return (TailPlace(next: cursor.sequence + 1), nil)
    }
    if own == nil, cursor.epoch >= epoch { throw unknown }
    let next = units.filter { $0.epoch > cursor.epoch }.map(\.sequence).min() ?? end
    let lost = Gap(
      reason: .lost, sequences: next..<cursor.sequence + 1,
      message:
        "events up to cursor \(cursor) were lost with a machine before they were synced; their sequences are given again"
    )
    return (TailPlace(next: next), lost)
  }

  /// Skips to each window's last keyframe, where there is one from here on. `isFresh` says that the reader has seen
  /// nothing: what stands before the first keyframe is of no use to it then.
  mutating func skipToKeyframes(
    _ units: [Unit], isFresh: Bool, _ keyframes: (Unit) throws(StoreError) -> [UnitKeyframe]
  ) throws(StoreError) {
    var starts: [ExactName: Start] = [:]
    var others = Set(units.filter { $0.nextSequence > next }.flatMap(\.windows).map(ExactName.init))
    for unit in units.reversed() where unit.hasKeyframe && unit.nextSequence > next {
      if others.isEmpty { break }
      if !unit.windows.contains(where: { others.contains(ExactName($0)) }) { continue }
      for keyframe in try keyframes(unit).reversed() where keyframe.sequence >= next {
        let name = ExactName(keyframe.window)
        guard others.remove(name) != nil else { continue }
        let meta = keyframe.metaSequence.flatMap { $0 >= next ? $0 : nil }
        starts[name] = Start(keyframe: keyframe.sequence, meta: meta)
      }
    }
    guard let first = starts.values.map(\.first).min() else { return }
    self.starts = starts
    // A window without a keyframe goes on where the reader left it.
    if isFresh || others.isEmpty { next = max(next, first) }
  }
}
