/// Finds the time of rrweb events without parsing them: it is the last `"timestamp":` of a line, as recorders write it.
public enum EventTime {
  static let name = Array(#""timestamp":"#.utf8)

  /// The time of the last event of some NDJSON, milliseconds since 1970; nil where its line names none.
  public static func last(in ndjson: [UInt8]) -> Int64? {
    unsafe ndjson.withUnsafeBytes { unsafe last(in: $0) }
  }

  /// The same for bytes in memory.
  public static func last(in bytes: UnsafeRawBufferPointer) -> Int64? {
    var end = bytes.count
    if end > 0, unsafe bytes[end - 1] == 0x0A { end -= 1 }
    var at = end - name.count
    while at >= 0 {
      if unsafe bytes[at] == 0x0A { return nil }
      if unsafe bytes[at] == name[0], unsafe holdsName(bytes, at) {
        return unsafe number(bytes, from: at + name.count, to: end)
      }
      at -= 1
    }
    return nil
  }

  private static func holdsName(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Bool {
    for place in 1..<name.count where unsafe bytes[at + place] != name[place] { return false }
    return true
  }

  /// Digits up to what ends them, without a fraction.
  private static func number(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int64? {
    var value: Int64 = 0
    var at = start
    while at < end, case let digit = unsafe bytes[at], digit >= 0x30, digit <= 0x39 {
      if at - start == 18 { return nil }
      value = value * 10 + Int64(digit - 0x30)
      at += 1
    }
    return at == start ? nil : value
  }
}
