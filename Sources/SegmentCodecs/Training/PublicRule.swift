import CSegmentShims

/// The privacy rule in numbers, for a known number of sessions and visitors.
struct PublicRule: Equatable {
  var sessions: Int
  var visitors: Int
  var knownVisitors: Int
  var anyVisitors: Int

  init(_ options: TrainingOptions, sessions: Int, visitors: Int) {
    self.sessions = Self.share(options.minimumShare, of: sessions)
    self.visitors = Self.share(options.minimumShare, of: visitors)
    knownVisitors = options.minimumVisitors
    anyVisitors = options.minimumUnknown
  }

  private static func share(_ share: Double, of count: Int) -> Int {
    max(1, Int((share * Double(count)).rounded(.up)))
  }

  func isMet(sessions: Int, visitors: Int, knownVisitors: Int) -> Bool {
    sessions >= self.sessions && visitors >= self.visitors
      && (knownVisitors >= self.knownVisitors || visitors >= anyVisitors)
  }

  /// For counters of the table, which stop at their highest value: never stricter than the rule itself.
  var forTable: segment_training_rule {
    segment_training_rule(
      sessions: UInt32(min(sessions, Int(UInt16.max))), visitors: UInt32(min(visitors, Int(UInt8.max))),
      known: UInt32(min(knownVisitors, Int(UInt8.max))), any: UInt32(min(anyVisitors, Int(UInt8.max))))
  }
}
