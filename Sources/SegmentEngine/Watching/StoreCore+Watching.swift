internal import SegmentFiles

extension StoreCore {
  /// Ends the viewers of sessions that were let go. Where packs went or were overwritten in part, the others look
  /// whether theirs is still there: expiry says nothing of the sessions in a pack.
  func endTails(mayBeGone: Bool) {
    let keys = tails.watchedKeys
    if keys.isEmpty { return }
    let now = environment.clock.now()
    let gone = contents.withLock { contents in
      keys.compactMap { key in Self.refusal(of: key, now: now, contents).map { (key: key, error: $0) } }
    }
    if !gone.isEmpty { tails.fail(gone) }
    if mayBeGone {
      tails.publish(keys.map { TailNews(key: $0, what: .somethingChanged) })
      tails.wake()
    }
  }
}
