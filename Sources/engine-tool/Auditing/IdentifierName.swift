/// Names of attributes, keys and parameters whose values are ids, times and the like: long numbers that are no cards.
enum IdentifierName {
  private static let ends = [
    "id", "ids", "key", "hash", "time", "timestamp", "date", "version", "nonce", "seq", "sequence", "offset", "bytes",
    "ref", "cursor", "ts", "rev", "checksum", "ean", "gtin", "sku", "isbn", "class", "for",
  ].map { Array($0.utf8) }

  /// True where a name ends in such a word: `id`, `orderId`, `data-product-id`, `startTime`.
  static func matches(_ name: some BidirectionalCollection<UInt8>) -> Bool {
    ends.contains { end in
      var index = name.endIndex
      for byte in end.reversed() {
        guard index > name.startIndex else { return false }
        index = name.index(before: index)
        if name[index].lowercased != byte { return false }
      }
      return true
    }
  }

  /// True where such a name stands before an index of a text, with an equals sign or a colon between: `id=...`, `"id":...`.
  static func isBefore(_ index: Int, in text: Span<UInt8>) -> Bool {
    var end = index
    while end > 0, index - end < 4, isBetween(text[end - 1]) { end -= 1 }
    guard end < index, (end..<index).contains(where: { text[$0] == 0x3D || text[$0] == 0x3A }) else { return false }
    var start = end
    while start > 0, end - start < 32, text[start - 1].isOfName { start -= 1 }
    return matches((start..<end).map { text[$0] })
  }

  private static func isBetween(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: " "): true
    default: false
    }
  }
}
