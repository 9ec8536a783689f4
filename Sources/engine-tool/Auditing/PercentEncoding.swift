/// The encoding of addresses: `%40` for an at sign.
enum PercentEncoding {
  /// The text decoded; nil where nothing in it is encoded.
  static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    var output: [UInt8]?
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "%"), index + 2 < text.count, let high = text[index + 1].hexDigit,
        let low = text[index + 2].hexDigit
      {
        if output == nil { output = (0..<index).map { text[$0] } }
        output?.append(high << 4 | low)
        index += 3
      } else {
        output?.append(byte)
        index += 1
      }
    }
    return output
  }
}
