/// Adds up what the pieces of a store weigh, along every dimension at once. Holds sums alone: its size grows with the
/// numbers of projects, classes and days, not with that of sessions.
struct UsageLedger {
  /// A segment, or what a session has in a journal.
  struct Piece {
    var project: ExactName
    var tier: StoreUsage.Tier
    var className: ExactName
    /// When something of it was last received, milliseconds since 1970.
    var lastReceived: Double
    var facts: SegmentFacts
    var segments: UInt64
    var storedBytes: UInt64
    var overheadBytes: UInt64
    /// The rule that kept it, and at what rate; empty and 1 where nothing is decided.
    var rule: ExactName
    var rate: Double
    /// Stored times raw bytes, block by block, summed up.
    var storedTimesRaw: Double
    /// Whether it is the one that its session is counted by: at all, in its tier, in its class.
    var counts: (session: Bool, inTier: Bool, inClass: Bool)
  }

  /// Events of one kind.
  struct Kind {
    var events: UInt64 = 0
    var rawBytes: UInt64 = 0
  }

  /// Blocks that compress alike: a project has its dictionary, a tier its level.
  struct Stratum: Hashable, Comparable {
    var tier: StoreUsage.Tier
    var project: ExactName

    static func < (a: Stratum, b: Stratum) -> Bool {
      a.project == b.project ? a.tier.rawValue < b.tier.rawValue : a.project < b.project
    }
  }

  struct StratumSum {
    var kinds: [EventKind: Kind] = [:]
    var rawBytes: UInt64 = 0
    var storedBytes: UInt64 = 0
    /// Stored times raw bytes, block by block, summed up.
    var storedTimesRaw = 0.0
  }

  private(set) var overall = UsageShare()
  private(set) var projects: [ExactName: UsageShare] = [:]
  private(set) var tiers: [StoreUsage.Tier: UsageShare] = [:]
  private(set) var classes: [ExactName: UsageShare] = [:]
  /// By days since 1970.
  private(set) var days: [Int: UsageShare] = [:]
  /// By rule.
  private(set) var samples: [ExactName: SampleEstimate] = [:]
  private(set) var strata: [Stratum: StratumSum] = [:]
  private(set) var parts: [StoreUsage.Part: UInt64] = [:]

  static let dayMilliseconds = 86_400_000.0

  mutating func add(_ piece: Piece) {
    overall.add(piece, counts: piece.counts.session)
    projects[piece.project, default: UsageShare()].add(piece, counts: piece.counts.session)
    tiers[piece.tier, default: UsageShare()].add(piece, counts: piece.counts.inTier)
    classes[piece.className, default: UsageShare()].add(piece, counts: piece.counts.inClass)
    let day = (piece.lastReceived / Self.dayMilliseconds).rounded(.down)
    // Clocks may say anything.
    days[Int(min(max(day, -1e8), 1e8)), default: UsageShare(sessions: nil)].add(piece, counts: false)
    var sample = samples.removeValue(forKey: piece.rule) ?? SampleEstimate(rule: piece.rule.text)
    let (stored, isCounted) = (piece.storedBytes, piece.counts.session)
    sample.kept.add(piece.facts, stored: stored, isCounted: isCounted, weight: 1)
    sample.estimated.add(piece.facts, stored: stored, isCounted: isCounted, weight: 1 / piece.rate)
    sample.standardError.addVariance(piece.facts, stored: stored, isCounted: isCounted, rate: piece.rate)
    samples[piece.rule] = sample
    var sum = strata.removeValue(forKey: Stratum(tier: piece.tier, project: piece.project)) ?? StratumSum()
    sum.storedBytes += piece.storedBytes
    sum.storedTimesRaw += piece.storedTimesRaw
    for tally in piece.facts.tallies {
      sum.rawBytes += tally.rawBytes
      sum.kinds[tally.kind, default: Kind()].events += tally.events
      sum.kinds[tally.kind, default: Kind()].rawBytes += tally.rawBytes
    }
    strata[Stratum(tier: piece.tier, project: piece.project)] = sum
  }

  /// Says what some bytes are there for. All bytes are told once.
  mutating func note(_ part: StoreUsage.Part, _ bytes: UInt64) {
    if bytes > 0 { parts[part, default: 0] += bytes }
  }

  /// Bytes that no session has for itself.
  mutating func addCommon(
    _ part: StoreUsage.Part, _ bytes: UInt64, tier: StoreUsage.Tier? = nil, className: ExactName? = nil
  ) {
    note(part, bytes)
    overall.overheadBytes += bytes
    if let tier { tiers[tier, default: UsageShare()].overheadBytes += bytes }
    if let className { classes[className, default: UsageShare()].overheadBytes += bytes }
  }

  mutating func addDictionary(of project: ExactName, _ bytes: UInt64) {
    note(.dictionaries, bytes)
    overall.dictionaryBytes += bytes
    projects[project, default: UsageShare()].dictionaryBytes += bytes
  }
}

extension UsageShare {
  fileprivate mutating func add(_ piece: UsageLedger.Piece, counts: Bool) {
    if counts { sessions = sessions.map { $0 + 1 } }
    segments += piece.segments
    events += piece.facts.events
    rawBytes += piece.facts.rawBytes
    storedBytes += piece.storedBytes
    overheadBytes += piece.overheadBytes
  }
}
