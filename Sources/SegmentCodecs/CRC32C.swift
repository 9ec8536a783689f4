import CSegmentShims

/// CRC-32C (Castagnoli: polynomial 0x1EDC6F41, reflected, register and result complemented, as in RFC 3720).
///
/// Checksums chain: `checksum(b, seed: checksum(a))` is the checksum of `a` followed by `b`, and the checksum of
/// nothing is its seed. Finds every error burst of up to 32 bits; it is no protection against intent.
/// Linear in the length, without allocation.
package enum CRC32C {
  /// The checksum of `bytes`, continuing from the checksum of what came before them.
  package static func checksum(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe segment_crc32c(seed, $0.baseAddress, $0.count) }
  }

  /// The checksum of a whole array.
  package static func checksum(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe segment_crc32c(seed, $0.baseAddress, $0.count) }
  }

  /// The checksum of a part of an array, which is not copied. `range` must lie inside the array.
  package static func checksum(_ bytes: [UInt8], in range: Range<Int>, seed: UInt32 = 0) -> UInt32 {
    checksum(unsafe bytes.span.bytes.extracting(range), seed: seed)
  }

  /// The checksum of an array slice, which is not copied.
  package static func checksum(_ bytes: ArraySlice<UInt8>, seed: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe segment_crc32c(seed, $0.baseAddress, $0.count) }
  }

  /// The same by tables alone: what processors without the instructions run. Slower by a factor of some 14.
  package static func portableChecksum(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe segment_crc32c_portable(seed, $0.baseAddress, $0.count) }
  }

  /// True when the processor has the CRC and carry-less multiply instructions and `checksum` uses them.
  package static var isAccelerated: Bool { segment_crc32c_is_accelerated() }
}
