internal import SegmentFiles

extension Expiry {
  /// What would go now.
  struct Plan {
    var whole: [PackFacts] = []
    /// Packs of which something stays.
    var partial: [PackFacts] = []
  }

  func plan(_ state: CatalogState, _ now: Double) throws(StoreError) -> Plan {
    let today = Day.of(now)
    let due = state.packs.filter {
      $0.expiryDay != 0 && $0.expiryDay <= today && !state.isBeingDestroyed($0.id)
    }
    if due.isEmpty { return Plan() }
    let staying = try staying(Set(due.map(\.id)), state, now)
    return Plan(whole: due.filter { !staying.contains($0.id) }, partial: due.filter { staying.contains($0.id) })
  }

  /// A session's part in a pack that is due.
  private struct Part {
    var hash: UInt64
    var place: UInt32
  }

  /// Those of the packs that are due of which something stays: of sessions that are pinned or held, or of which another part
  /// stays, in a journal, where no policy has decided on it yet, or in another pack. O(segments).
  private func staying(
    _ due: Set<Identifier>, _ state: CatalogState, _ now: Double
  ) throws(StoreError) -> Set<Identifier> {
    let (index, live) = try core.indexed { contents, index in (index, contents.live.sessions) }
    let isDue = index.packs.map { $0.map { due.contains($0.id) } ?? false }
    var parts: [Part] = []
    index.forEach { if isDue[Int($0.pack)] { parts.append(Part(hash: $0.hash, place: $0.pack)) } }
    parts.sort { ($0.hash, $0.place) < ($1.hash, $1.place) }
    var staying = Set<UInt32>()
    func stay(_ hash: UInt64) {
      for part in parts[Self.lowerBound(parts, hash)...] {
        if part.hash != hash { break }
        staying.insert(part.place)
      }
    }
    for key in Set(state.pins.keys).union(state.holds.keys) where state.isHeld(key, at: now) { stay(KeyHash.of(key)) }
    for (key, session) in live where !session.parts.isEmpty || session.pending > 0 { stay(KeyHash.of(key)) }
    index.forEach { if index.packs[Int($0.pack)] != nil, !isDue[Int($0.pack)] { stay($0.hash) } }
    // Where one part of a session is in a pack of which something stays, its others wait there to go with it.
    let several = Self.several(parts)
    var before = -1
    while before < staying.count {
      before = staying.count
      for places in several where !staying.isDisjoint(with: places) { staying.formUnion(places) }
    }
    return Set(staying.compactMap { index.packs[Int($0)]?.id })
  }

  private static func lowerBound(_ parts: [Part], _ hash: UInt64) -> Int {
    var (low, high) = (0, parts.count)
    while low < high {
      let middle = (low + high) / 2
      if parts[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The packs of each session that is in several.
  private static func several(_ parts: [Part]) -> [Set<UInt32>] {
    var found: [Set<UInt32>] = []
    var start = 0
    while start < parts.count {
      var end = start + 1
      while end < parts.count, parts[end].hash == parts[start].hash { end += 1 }
      if end - start > 1, parts[start].place != parts[end - 1].place {
        found.append(Set(parts[start..<end].map(\.place)))
      }
      start = end
    }
    return found
  }
}
