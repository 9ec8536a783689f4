#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Memory at an address that stays the same, for what is decompressed: filled once, from front to back.
///
/// Unchecked: `base` and `capacity` never change, and who writes is its owner, who lets nobody read what is not written.
@safe final class ContentMemory: @unchecked Sendable {
  /// Bytes that are taken.
  let capacity: Int
  private let base: UnsafeMutableRawPointer

  /// Throws `.outOfMemory`. What is in it is not known.
  init(_ count: Int) throws(CodecError) {
    precondition(count >= 0)
    guard let address = unsafe malloc(max(count, 1)) else {
      throw CodecError(.zstd, .outOfMemory, "no memory for \(count) bytes")
    }
    unsafe base = address
    capacity = max(count, 1)
  }

  deinit { unsafe free(base) }

  /// Valid for `capacity` bytes as long as this object lives.
  @unsafe var address: UnsafeMutableRawPointer { unsafe base }
}
