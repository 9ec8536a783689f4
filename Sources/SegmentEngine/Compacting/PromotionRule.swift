/// Which sessions of some recent packs are promoted: those that are over and whose recent window is past.
///
/// A session is over when it was finished, when nothing was received of it for 30 minutes, or when its first batch was
/// received 24 hours ago; then it is promoted in parts.
struct PromotionRule: Sendable {
  /// How long nothing must have been received, milliseconds.
  static let idle = 30.0 * 60 * 1_000
  /// After this long, milliseconds, what is there is promoted though more may come.
  static let longest = 24.0 * 60 * 60 * 1_000
  /// Stored bytes that one round rewrites at most, and packs it reads.
  static let roundBytes: UInt64 = 512 << 20
  static let roundPacks = 64

  /// Milliseconds since 1970.
  var now: Double
  /// The recent window, milliseconds.
  var window: Double
  /// Stored bytes that this round rewrites at most.
  var limit: UInt64

  init(now: Double, _ configuration: Configuration, _ policy: Policy = .keepAll) {
    self.now = now
    window = max(0, policy.recentHours ?? configuration.recentHours) * 3_600_000
    // Old and new packs are there side by side for a while: a budget leaves room for one pack.
    limit = policy.hasBudget ? min(Self.roundBytes, UInt64(configuration.packBytes) / 2) : Self.roundBytes
  }

  /// The packs whose window is past, oldest first, as many as one round takes.
  func candidates(_ packs: [PackFacts]) -> [PackFacts] {
    var chosen: [PackFacts] = []
    var bytes: UInt64 = 0
    for pack in packs where pack.tier == .recent && pack.lastReceived + window <= now {
      if !chosen.isEmpty, bytes + pack.storedBytes > limit || chosen.count == Self.roundPacks { break }
      chosen.append(pack)
      bytes += pack.storedBytes
    }
    return chosen
  }

  /// Whether a session is promoted, given its segments in the candidates and whether there is more of it in other recent
  /// packs or journals.
  func isDue(_ entries: [SegmentEntry], hasMore: Bool) -> Bool {
    guard let first = entries.map(\.facts.firstReceived).min(), let last = entries.map(\.facts.lastReceived).max()
    else {
      return false
    }
    if first + Self.longest + window <= now { return true }
    if hasMore { return false }
    return entries.contains { $0.finished != nil } || last + Self.idle <= now
  }
}
