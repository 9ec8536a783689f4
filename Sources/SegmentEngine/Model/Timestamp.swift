/// A moment in milliseconds since 1970-01-01T00:00:00Z, as rrweb gives it: it may have a fraction.
public struct Timestamp: Comparable, Hashable, Sendable {
  /// Milliseconds since 1970.
  public var millisecondsSince1970: Double

  /// A moment; anything but a finite number is refused by the calls that take one.
  public init(millisecondsSince1970: Double) {
    self.millisecondsSince1970 = millisecondsSince1970
  }

  /// Orders by time.
  public static func < (a: Timestamp, b: Timestamp) -> Bool {
    a.millisecondsSince1970 < b.millisecondsSince1970
  }
}

extension Range<Timestamp> {
  /// Milliseconds since 1970. Throws `.invalidArgument` where a bound is not finite.
  func finite() throws(StoreError) -> Range<Double> {
    let (low, high) = (lowerBound.millisecondsSince1970, upperBound.millisecondsSince1970)
    guard low.isFinite, high.isFinite else {
      throw StoreError(.invalidArgument, "a range of time from \(low) to \(high); both must be numbers")
    }
    return low..<high
  }
}

/// A place in the time of a session at which playback may start.
public enum PlaybackTime: Sendable, Hashable {
  /// The beginning of the session.
  case start
  /// An absolute moment.
  case at(Timestamp)
  /// Milliseconds since the session's start.
  case offset(milliseconds: Double)
}
