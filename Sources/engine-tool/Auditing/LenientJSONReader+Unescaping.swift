extension LenientJSONReader {
  /// Writes a string's characters behind `output`, escapes replaced by what they stand for. What is no escape stays as it
  /// is; half a surrogate pair becomes U+FFFD.
  func unescape(_ text: Text, into output: inout [UInt8]) {
    var index = text.range.lowerBound
    let end = text.range.upperBound
    while index < end {
      let byte = bytes[index]
      guard byte == UInt8(ascii: "\\"), index + 1 < end else {
        output.append(byte)
        index += 1
        continue
      }
      index += 2
      switch bytes[index - 1] {
      case UInt8(ascii: "n"): output.append(0x0A)
      case UInt8(ascii: "t"): output.append(0x09)
      case UInt8(ascii: "r"): output.append(0x0D)
      case UInt8(ascii: "b"): output.append(0x08)
      case UInt8(ascii: "f"): output.append(0x0C)
      case UInt8(ascii: "u"): index = appendUnit(at: index, before: end, to: &output)
      case let other: output.append(other)
      }
    }
  }

  /// A string's characters.
  func characters(_ text: Text) -> [UInt8] {
    guard text.hasEscapes else { return Array(bytes[text.range]) }
    var output: [UInt8] = []
    output.reserveCapacity(text.range.count)
    unescape(text, into: &output)
    return output
  }

  /// Appends the character of the four digits at `index`, and of a second escape where they are half a pair. Returns where
  /// reading goes on.
  private func appendUnit(at index: Int, before end: Int, to output: inout [UInt8]) -> Int {
    guard let unit = unit(at: index, before: end) else {
      output.append(UInt8(ascii: "u"))
      return index
    }
    let next = index + 4
    if unit & 0xFC00 == 0xD800, next + 1 < end, bytes[next] == UInt8(ascii: "\\"),
      bytes[next + 1] == UInt8(ascii: "u"), let low = self.unit(at: next + 2, before: end), low & 0xFC00 == 0xDC00
    {
      let high = (unit & 0x3FF) << 10
      append(0x10000 + high + (low & 0x3FF), to: &output)
      return next + 6
    }
    append(unit, to: &output)
    return next
  }

  private func append(_ code: UInt32, to output: inout [UInt8]) {
    let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
    output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  private func unit(at index: Int, before end: Int) -> UInt32? {
    guard index + 4 <= end else { return nil }
    var value: UInt32 = 0
    for byte in bytes[index..<index + 4] {
      guard let digit = byte.hexDigit else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
