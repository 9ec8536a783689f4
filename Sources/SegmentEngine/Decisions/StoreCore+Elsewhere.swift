internal import SegmentFiles

extension StoreCore {
  /// Whether there is something of a session in journals, on its way there, or in recent packs other than some.
  func hasCome(of key: SessionKey, besides packs: Set<Identifier>) -> Bool {
    hasOther(of: key) { $0.tier == .recent && !packs.contains($0.id) }
  }

  /// Whether something of a session is anywhere else than in some packs. All of a session goes together.
  func isElsewhere(_ key: SessionKey, than packs: Set<Identifier>) -> Bool {
    hasOther(of: key) { !packs.contains($0.id) }
  }

  private func hasOther(of key: SessionKey, in isMeant: (PackFacts) -> Bool) -> Bool {
    let (index, live) = contents.withLock { ($0.index, $0.live[key]) }
    if let live, !live.parts.isEmpty || live.pending > 0 { return true }
    // Maintenance has read the index; who has not cannot say no.
    guard let index else { return true }
    return index.find(KeyHash.of(key)).contains { index.packs[Int($0.pack)].map(isMeant) ?? false }
  }
}
