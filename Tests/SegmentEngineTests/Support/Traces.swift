import SegmentCodecs

@testable import SegmentEngine

/// Looks for a text in raw files, and in all that can be decompressed in them.
enum Traces {
  static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard let first = wanted.first, bytes.count >= wanted.count else { return false }
    var at = bytes.startIndex
    while let place = bytes[at...].firstIndex(of: first) {
      if place + wanted.count <= bytes.count, bytes[place..<place + wanted.count].elementsEqual(wanted) { return true }
      at = place + 1
    }
    return false
  }

  /// Every zstd frame and every LZ4 payload of a record in the bytes, decompressed, with no dictionary and with each.
  static func decoded(_ bytes: [UInt8], _ dictionaries: [ZstdDictionary]) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var at = 0
    while at + 4 <= bytes.count {
      let word = bytes[at..<at + 4].enumerated().reduce(UInt32(0)) {
        $0 | UInt32($1.element) << (8 * UInt32($1.offset))
      }
      // A block's header says where its frame is and how long it becomes.
      if word == BlockHeader.magic, at + 32 <= bytes.count {
        let length = Int(bytes[at + 8]) | Int(bytes[at + 9]) << 8
        let stored = number(bytes, at + 12)
        let raw = number(bytes, at + 16)
        if length >= 32, stored > 0, raw > 0, raw < 1 << 26, at + length + stored <= bytes.count {
          let frame = Array(bytes[at + length..<at + length + stored])
          for dictionary in [nil] + dictionaries.map(Optional.some) {
            if let content = try? unsafe ZstdDecompressor().decompress(
              frame.span.bytes, rawLength: raw, dictionary: dictionary)
            {
              found.append(content)
            }
          }
        }
      } else if word == RecordHead.magic, at + 56 <= bytes.count {
        let head = number(bytes, at + 16)
        let payload = number(bytes, at + 20)
        let raw = number(bytes, at + 28)
        if head >= 56, payload > 0, raw > 0, raw < 1 << 26, at + head + payload <= bytes.count {
          var content: [UInt8] = []
          try? unsafe LZ4.decompress(
            bytes.span.bytes.extracting(at + head..<at + head + payload), rawLength: raw, appendingTo: &content)
          found.append(content)
        }
      }
      at += 1
    }
    return found
  }

  private static func number(_ bytes: [UInt8], _ at: Int) -> Int {
    bytes[at..<at + 4].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
  }
}
