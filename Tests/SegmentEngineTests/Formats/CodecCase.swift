import Testing

@testable import SegmentEngine

/// A structure of FORMAT.md as its bytes, and how they are read.
struct CodecCase: Sendable, CustomTestStringConvertible {
  var name: String
  var bytes: [UInt8]
  /// What the bytes say, in words that tell values apart; nil where they are refused.
  var decode: @Sendable ([UInt8]) -> String?
  /// Makes the checksum fit again, so that what is behind it is put to the test; nil where there is none to fit.
  var seal: (@Sendable (inout [UInt8]) -> Void)?

  var testDescription: String { name }

  /// Puts the checksum of bytes 8 ..< count at byte 4.
  static func sealed(_ bytes: inout [UInt8], _ checksum: (_ bytes: [UInt8], _ range: Range<Int>) -> UInt32) {
    guard bytes.count >= 8 else { return }
    let value = checksum(bytes, 8..<bytes.count)
    for byte in 0..<4 { bytes[4 + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
  }

  /// All structures that stand by themselves.
  static let all: [CodecCase] = CodecSamples.cases
}
