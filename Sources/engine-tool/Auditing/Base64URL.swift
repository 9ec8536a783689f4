/// Base64 as addresses and web tokens have it.
enum Base64URL {
  /// The bytes a range of text stands for; whatever is no base64url counts as zero, and odd bits at the end are left out.
  static func decode(_ range: Range<Int>, in text: Span<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(range.count * 3 / 4)
    var (bits, count) = (UInt32(0), 0)
    for index in range {
      bits = bits << 6 | UInt32(value(text[index]))
      count += 6
      if count >= 8 {
        count -= 8
        output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return output
  }

  private static func value(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case 0x2D: 62
    case 0x5F: 63
    default: 0
    }
  }
}
