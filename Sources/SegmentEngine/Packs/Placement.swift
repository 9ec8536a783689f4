/// Where sessions that share a fate lie: packs of one tier, class and expiry day.
struct Placement: Hashable, Sendable {
  var tier: PackFacts.Tier
  var className = ""
  /// Days since 1970 UTC; 0: never.
  var expiryDay: UInt32 = 0

  init(tier: PackFacts.Tier, className: String = "", expiryDay: UInt32 = 0) {
    self.tier = tier
    self.className = className
    self.expiryDay = expiryDay
  }

  /// Where a pack lies.
  init(_ pack: PackFacts) { self.init(tier: pack.tier, className: pack.className, expiryDay: pack.expiryDay) }
}

/// What becomes of a session's segments when their packs are rewritten.
enum SegmentFate: Sendable, Hashable {
  /// Blocks are copied as they are.
  case copied(to: Placement)
  /// Events are cut and compressed anew, as the tier of the placement has it, with the project's newest dictionary.
  case recoded(to: Placement, rule: String, rate: Double)
  /// It is written nowhere.
  case dropped
}
