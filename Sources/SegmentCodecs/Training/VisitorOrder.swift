/// Numbers sessions and tells visitors apart. All sessions of one visitor have to come one after the other, so that
/// remembering the last session that had a text is enough to count its visitors exactly.
struct VisitorOrder {
  /// Sessions begun, and the number of the one that goes on; from 1.
  private(set) var session: UInt32 = 0
  /// The first session of the visitor whose session goes on.
  private(set) var first: UInt32 = 0
  private(set) var isKnown = false
  private(set) var visitors = 0
  private var current: Hash128?
  private var gone: Set<Hash128> = []

  /// Begins a session. False when it must not count: its visitor was here before, and others since.
  mutating func begin(_ visitor: TrainingVisitor) -> Bool {
    switch visitor {
    case .unknown:
      current = nil
      isKnown = false
    case .known(let token):
      if current == token {
        session += 1
        return true
      }
      guard gone.insert(token).inserted else { return false }
      current = token
      isKnown = true
    }
    session += 1
    first = session
    visitors += 1
    return true
  }
}
