#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Bytes at an address that stays the same, for tables that refer into them.
///
/// Unchecked: the memory is written in `init` only and freed when the last reference goes.
@safe final class DictionaryContent: @unchecked Sendable {
  private let memory: UnsafeRawBufferPointer

  /// Copies `bytes`. Throws `.outOfMemory`.
  init(_ bytes: RawSpan) throws(CodecError) {
    guard let address = unsafe malloc(max(bytes.byteCount, 1)) else {
      throw CodecError(.zstd, .outOfMemory, "no memory for a dictionary of \(bytes.byteCount) bytes")
    }
    let target = unsafe UnsafeMutableRawBufferPointer(start: address, count: bytes.byteCount)
    unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
    unsafe memory = UnsafeRawBufferPointer(target)
  }

  deinit {
    unsafe free(UnsafeMutableRawPointer(mutating: memory.baseAddress))
  }

  var byteCount: Int { unsafe memory.count }

  /// Tables made from this pointer must keep a reference to this object.
  @unsafe var address: UnsafeRawPointer? { unsafe memory.baseAddress }

  func withBytes<Result, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
    try unsafe body(memory.bytes)
  }
}
