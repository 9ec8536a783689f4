/// FORMAT.md `instant(base)`: a timestamp as a small step from a base, or as all of its 64 bits where it has a
/// fraction or is too large to be one exactly.
extension ByteWriter {
  package mutating func instant(_ time: Double, base: Int64) {
    if let whole = Int64(exactly: time), whole.magnitude < 1 << 53 {
      let step = whole - base
      varint(UInt64(bitPattern: (step << 1) ^ (step >> 63)) << 1)
    } else {
      varint(1 as UInt64)
      self.time(time)
    }
  }
}

extension ByteReader {
  package mutating func instant(base: Int64) throws(FormatError) -> Double {
    let start = position
    let raw = try varint()
    if raw == 1 { return try time() }
    guard raw & 1 == 0 else { throw FormatError(.invalid("instant"), at: start) }
    let step = raw >> 1
    let signed = Int64(bitPattern: step >> 1) ^ -Int64(bitPattern: step & 1)
    let (value, overflow) = base.addingReportingOverflow(signed)
    guard !overflow, value.magnitude < 1 << 53 else { throw FormatError(.invalid("instant"), at: start) }
    return Double(value)
  }
}

extension Double {
  /// The base that follows a timestamp in a row of instants: itself where it was written as an integer.
  package func instantBase(after previous: Int64) -> Int64 {
    if let whole = Int64(exactly: self), whole.magnitude < 1 << 53 { whole } else { previous }
  }

  /// Rounded down to whole milliseconds; 0 where it is beyond what an integer holds exactly.
  package var flooredMilliseconds: Int64 {
    let down = rounded(.down)
    return down.magnitude < 9_007_199_254_740_992 ? Int64(down) : 0
  }
}
