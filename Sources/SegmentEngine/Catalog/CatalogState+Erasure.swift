package import SegmentCodecs

extension CatalogState {
  /// Receipts that are kept at most; the oldest go first.
  static let receiptLimit = 10_000

  /// The keyed hash of a session, under which it may be buried.
  package func erasureHash(of session: SessionKey) -> Hash128 { ErasureHash.of(session, key: erasureKey) }

  /// Whether a session was erased: nothing of it may be read, kept or taken in from that commit on.
  package func isErased(_ session: SessionKey) -> Bool {
    !tombstones.isEmpty && tombstones[erasureHash(of: session)] != nil
  }

  /// Whether packs or journals have parts that are to be overwritten: whoever rewrites them waits.
  func isBeingDestroyed(_ pack: Identifier) -> Bool {
    destructions.contains { $0.packs.contains { $0.pack == pack } }
  }

  /// Takes a tombstone in: what the catalog itself says of the session goes at once.
  mutating func bury(_ stone: Tombstone) {
    if let old = tombstones[stone.hash] {
      tombstones[stone.hash]?.untilDay = max(old.untilDay, stone.untilDay)
    } else {
      tombstones[stone.hash] = stone
    }
    guard stone.target == .session, !(sessionEdits.isEmpty && pins.isEmpty && holds.isEmpty) else { return }
    let key = erasureKey
    sessionEdits.removeAll { ErasureHash.of($0.session, key: key) == stone.hash }
    pins = pins.filter { ErasureHash.of($0.key, key: key) != stone.hash }
    holds = holds.filter { ErasureHash.of($0.key, key: key) != stone.hash }
  }

  /// A destruction is done: what it took away no longer counts.
  mutating func settle(_ id: Identifier) {
    guard let index = destructions.firstIndex(where: { $0.id == id }) else { return }
    for part in destructions.remove(at: index).packs {
      guard let place = packs.firstIndex(where: { $0.id == part.pack }) else { continue }
      packs[place].erased.add(part.erased)
    }
  }

  /// Adds a receipt, or what became of one.
  mutating func record(_ facts: ErasureFacts) {
    if let index = receipts.firstIndex(where: { $0.id == facts.id }) {
      receipts[index] = facts
    } else {
      receipts.append(facts)
    }
    if receipts.count > Self.receiptLimit { receipts.removeFirst(receipts.count - Self.receiptLimit) }
  }

  /// Whether a session must stay, whatever its pack's day says: pinned, or held for a part that stays longer.
  package func isHeld(_ session: SessionKey, at now: Double) -> Bool {
    isPinned(session, at: now) || (holds[session].map { $0 > Day.of(now) } ?? false)
  }

  /// Whether a session is pinned.
  package func isPinned(_ session: SessionKey, at now: Double) -> Bool {
    pins[session].map { $0.until == 0 || $0.until > now } ?? false
  }

  /// The newest time it tells of: a clock far ahead of it is not believed.
  var newestTime: Double {
    var newest = created
    for pack in packs { newest = max(newest, pack.lastReceived) }
    for journal in journals { newest = max(newest, journal.created) }
    for training in trainings.values { newest = max(newest, training.time) }
    for receipt in receipts { newest = max(newest, receipt.time) }
    return newest
  }
}

/// Days since 1970 UTC.
enum Day {
  static let milliseconds = 86_400_000.0

  /// The day that holds a time; 0 for what is before 1970.
  static func of(_ time: Double) -> UInt32 { UInt32(min(max(0, (time / milliseconds).rounded(.down)), 4e9)) }

  /// The day from whose start on something may go that was last received at `time` and stays `days` days: at least so
  /// long, and less than a day more.
  static func expiry(received time: Double, days: Int) -> UInt32 {
    UInt32(min(max(1, (time / milliseconds).rounded(.up) + Double(days)), 4e9))
  }
}
