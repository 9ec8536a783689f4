/// Bounds on what one call takes or yields.
package enum CodecLimits {
  /// Bytes before compression of one LZ4 block or zstd frame, and of a dictionary: 1 GiB. Far above every batch
  /// and block of the engine, and small enough that no length computed from it overflows 32 bits.
  package static let longestContent = 1 << 30
}
