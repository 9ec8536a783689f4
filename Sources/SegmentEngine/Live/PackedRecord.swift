/// A `LiveRecord` in 32 bytes: a busy store keeps many, so only what cannot be worked out again is kept, relative to the
/// list it is in. Its sequence is where the record before it ends.
struct PackedRecord: Sendable {
  /// What the records of a list are kept relative to.
  struct Base: Sendable {
    /// Offset in the journal of the first one.
    var offset: UInt64 = 0
    /// Whole milliseconds; nil until a record has a range.
    var time: Double? {
      get { timeOrNaN.isNaN ? nil : timeOrNaN }
      set { timeOrNaN = newValue ?? .nan }
    }
    private var timeOrNaN = Double.nan

    init(offset: UInt64 = 0) { self.offset = offset }
  }

  /// Distance in the journal from the base, in units of `RecordHead.alignment`: reaches over 32 GiB.
  private let place: UInt32
  private let headLength: UInt32
  private let payloadLength: UInt32
  let events: UInt32
  /// Milliseconds from the base.
  private let first: Float
  private let last: Float
  private let batchMark: UInt32
  private let window: UInt16
  private let flags: LiveRecord.Flags

  /// Ranges of time may be this far from their base, milliseconds: nearly 25 days, more than what plausible times of one
  /// live session can be apart. A Float has steps of 128 ms there, and of 1 ms at most up to 4.6 hours.
  private static let reach = Float(1 << 31)

  /// Nil where the record is too far from `base`, in the journal or in time; never where it is the base.
  init?(_ record: LiveRecord, base: Base) {
    guard record.offset >= base.offset,
      let place = UInt32(exactly: (record.offset - base.offset) / UInt64(RecordHead.alignment))
    else { return nil }
    self.place = place
    if record.flags.contains(.hasRange), let time = base.time {
      first = Self.step(to: record.first, from: time, isUpward: false)
      last = Self.step(to: record.last, from: time, isUpward: true)
      guard abs(first) <= Self.reach, abs(last) <= Self.reach else { return nil }
    } else {
      first = 0
      last = 0
    }
    headLength = record.headLength
    payloadLength = record.payloadLength
    events = record.events
    batchMark = record.batchMark
    window = record.window
    flags = record.flags
  }

  /// The record as it was put in, its range the same or a little wider.
  func unpacked(sequence: UInt64, base: Base) -> LiveRecord {
    let range = flags.contains(.hasRange) ? base.time.map { ($0 + Double(first), $0 + Double(last)) } : nil
    return LiveRecord(
      offset: base.offset + UInt64(place) * UInt64(RecordHead.alignment), headLength: headLength,
      payloadLength: payloadLength, sequence: sequence, first: range?.0 ?? 0, last: range?.1 ?? 0,
      batchMark: batchMark, events: events, window: window, flags: flags)
  }

  /// The step that leads from `base` to `time` or just past it, so that the range that is read back holds the one that
  /// was put in. Judged by what is read back, since the step and the sum are both rounded.
  private static func step(to time: Double, from base: Double, isUpward: Bool) -> Float {
    var step = Float(time - base)
    while step.isFinite, isUpward ? base + Double(step) < time : base + Double(step) > time {
      step = isUpward ? step.nextUp : step.nextDown
    }
    return step
  }
}
