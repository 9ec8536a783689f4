/// What a budget lets go, in which order: a pure function.
///
/// First sessions of the recent tier that are over and that the rules leave out anyway, the oldest first; then what expires
/// next. Nothing that is pinned is ever among the candidates.
enum EvictionPlan {
  /// Something that may go.
  struct Candidate: Sendable {
    /// In which round it may go, and in which order in that round.
    enum Stage: Sendable, Comparable {
      /// Left out anyway, last received at a time.
      case leftOut(Double)
      /// Kept until a day; `.max`: for ever.
      case kept(untilDay: UInt32, Double)
    }

    var stage: Stage
    var bytes: UInt64
    /// Where it is.
    var segments: [(pack: Identifier, segment: DoomedSegment)]
    var key: SessionKey
    var facts: SegmentFacts
    var rule: String
    /// Up to which day it is remembered.
    var untilDay: UInt32
    /// A decision was made of it before.
    var isDecided: Bool
  }

  /// The candidates that go so that `bytes` are freed, in order; all where that is not enough.
  static func choose(_ candidates: [Candidate], freeing bytes: UInt64) -> [Candidate] {
    var chosen: [Candidate] = []
    var freed: UInt64 = 0
    for candidate in candidates.sorted(by: { ($0.stage, $0.key) < ($1.stage, $1.key) }) {
      if freed >= bytes { break }
      chosen.append(candidate)
      freed += candidate.bytes
    }
    return chosen
  }
}
