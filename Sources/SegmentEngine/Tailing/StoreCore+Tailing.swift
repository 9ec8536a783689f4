internal import SegmentFiles

extension StoreCore {
  /// Ends the viewers of sessions that were let go.
  func endTails() {
    let keys = tails.watchedKeys
    if keys.isEmpty { return }
    let now = environment.clock.now()
    let gone = contents.withLock { contents in
      keys.compactMap { key in Self.refusal(of: key, now: now, contents).map { (key: key, error: $0) } }
    }
    if !gone.isEmpty { tails.fail(gone) }
  }
}
