/// A number of seconds in one byte, rounded up by at most a sixteenth: sixteen steps for each doubling, as floating point
/// has them.
struct CoarseSpan: Equatable {
  /// 0 ..< 16: so many seconds. From there on the upper four bits are an exponent e, the lower four m, and it is
  /// (16 + m) x 2^(e - 1) seconds; 255 has no limit.
  let code: UInt8

  static let unlimited = CoarseSpan(code: .max)

  init(code: UInt8) { self.code = code }

  /// The shortest one that is not shorter than `seconds`.
  init(reaching seconds: UInt32) {
    guard seconds >= 16 else {
      code = UInt8(seconds)
      return
    }
    let shift = UInt32(27 - seconds.leadingZeroBitCount)
    // 16 ... 32: rounded up it may be the first of the next doubling, whose code follows.
    let steps = UInt32((UInt64(seconds) + (1 << shift) - 1) >> shift)
    code = UInt8(min(16 * shift + steps, UInt32(UInt8.max)))
  }

  /// The second at which it ends; `.max` where that is beyond all or not limited.
  func end(from start: UInt32) -> UInt32 {
    guard code >= 16 else { return UInt32(clamping: UInt64(start) + UInt64(code)) }
    if self == .unlimited { return .max }
    let length = UInt64(16 + code & 15) << UInt64(code / 16 - 1)
    return UInt32(clamping: UInt64(start) + length)
  }
}
