/// A structure of FORMAT.md as its bytes: what CodecSamples, which is shared with the tests, is made of.
struct CodecCase: Sendable {
  var name: String
  var bytes: [UInt8]
  var decode: @Sendable ([UInt8]) -> String?
  /// Makes the checksum fit again.
  var seal: (@Sendable (inout [UInt8]) -> Void)?

  /// Puts the checksum of bytes 8 ..< count at byte 4.
  static func sealed(_ bytes: inout [UInt8], _ checksum: (_ bytes: [UInt8], _ range: Range<Int>) -> UInt32) {
    guard bytes.count >= 8 else { return }
    bytes.put(checksum(bytes, 8..<bytes.count), at: 4)
  }

  /// The samples of these names.
  static func samples(_ names: String...) -> [[UInt8]] {
    let cases = CodecSamples.cases
    return names.compactMap { name in cases.first { $0.name == name }?.bytes }
  }
}

extension [UInt8] {
  /// Overwrites the bytes at a place, little-endian, as far as there are any.
  mutating func put(_ value: some FixedWidthInteger, at place: Int) {
    for byte in 0..<value.bitWidth / 8 where place + byte < count {
      self[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
    }
  }

  /// The little-endian number at a place; 0 where the bytes end before.
  func number(at place: Int) -> UInt32 {
    guard place >= 0, place <= count - 4 else { return 0 }
    return (0..<4).reduce(0) { $0 | UInt32(self[place + $1]) << (8 * UInt32($1)) }
  }

  /// Cut or filled with zeros to a length.
  func sized(_ length: Int) -> [UInt8] {
    Array(prefix(length)) + [UInt8](repeating: 0, count: Swift.max(0, length - count))
  }

  /// The first byte, for the target's choice of structure, and the rest.
  var choice: (UInt8, [UInt8]) { (first ?? 0, Array(dropFirst())) }
}
