import ArgumentParser
import SegmentEngine

/// A range of a session's time.
struct TimeRangeOptions: ParsableArguments {
  @Option(help: "Only from this time on.", transform: TimeArgument.init(parsing:))
  var from: TimeArgument?

  @Option(help: "Only before this time.", transform: TimeArgument.init(parsing:))
  var to: TimeArgument?

  /// The range in a session; nil where neither end is given.
  func range(in summary: SessionSummary) throws -> Range<Timestamp>? {
    if from == nil, to == nil { return nil }
    let lower = try (from ?? .moment(0)).resolved(from: summary.start)
    let upper = try (to ?? .moment(TimeArgument.latest)).resolved(from: summary.start)
    guard lower < upper else {
      throw Failure(.usage, "--from \(Units.time(lower)) is not before --to \(Units.time(upper))")
    }
    return lower..<upper
  }
}
