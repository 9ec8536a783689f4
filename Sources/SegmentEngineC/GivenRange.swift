internal import CSegmentEngine
internal import SegmentEngine

/// Which events a C caller asks for.
struct GivenRange {
  private(set) var time: Range<Timestamp>?
  private(set) var window: String?
  private(set) var order = EventOrder.arrival

  init(_ pointer: UnsafePointer<segment_range>?) throws(StoreError) {
    guard let pointer = unsafe pointer else { return }
    let range = unsafe try CallerStruct.read(pointer, over: segment_range(), "range")
    window = unsafe try CallerText.optional(range.window, "window", limit: FormatLimits.window)
    let (from, to, given) = unsafe (range.from_ms, range.to_ms, range.order)
    switch given {
    case SEGMENT_ARRIVAL: order = .arrival
    case SEGMENT_TIME: order = .time
    default: throw .noValue("order", given.rawValue)
    }
    if from == 0, to == 0 { return }
    // No bound is the widest one: what is before 1970 is not plausible anyhow.
    let low = try Self.finite(from, "from_ms")
    let high = to == 0 ? Double.greatestFiniteMagnitude : try Self.finite(to, "to_ms")
    guard low <= high else {
      throw StoreError(.invalidArgument, "the range of time ends at \(high), before it starts at \(low)")
    }
    time = Timestamp(millisecondsSince1970: low)..<Timestamp(millisecondsSince1970: high)
  }

  /// A bound, or nil for 0.
  static func bound(_ time: Double, _ what: String) throws(StoreError) -> Timestamp? {
    time == 0 ? nil : Timestamp(millisecondsSince1970: try finite(time, what))
  }

  static func finite(_ time: Double, _ what: String) throws(StoreError) -> Double {
    guard time.isFinite else { throw StoreError(.invalidArgument, "\(what) is \(time); it must be a number") }
    return time
  }
}
