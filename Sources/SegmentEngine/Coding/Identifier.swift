/// 128 random bits that name a store, journal, pack or dictionary; never used twice.
package struct Identifier: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// 32 lower-case hexadecimal digits, or nil.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count == 32 else { return nil }
    var parts: [UInt64] = [0, 0]
    for (place, digit) in text.utf8.enumerated() {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      parts[place / 16] = parts[place / 16] << 4 | UInt64(value)
    }
    self.init(high: parts[0], low: parts[1])
  }

  package static let zero = Identifier(high: 0, low: 0)

  package static func < (a: Identifier, b: Identifier) -> Bool {
    a.high == b.high ? a.low < b.low : a.high < b.high
  }

  package var description: String {
    var digits: [UInt8] = []
    digits.reserveCapacity(32)
    for part in [high, low] {
      for shift in stride(from: 60, through: 0, by: -4) {
        let value = UInt8(truncatingIfNeeded: part >> UInt64(shift) & 0xF)
        digits.append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
      }
    }
    return String(decoding: digits, as: UTF8.self)
  }
}
