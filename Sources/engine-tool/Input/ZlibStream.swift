import CSegmentZlib

/// The state of zlib while it makes or reads gzip. In a place of its own on the heap, because zlib remembers its address.
@safe
final class ZlibStream {
  /// Valid as long as this object.
  @unsafe let native: UnsafeMutablePointer<z_stream>
  private let isDeflating: Bool

  /// 15 bits of window, and 16 for: gzip, nothing else.
  private static let windowBits: Int32 = 15 + 16
  /// What zlib's own deflateInit and the gzip command take.
  private static let memoryLevel: Int32 = 8

  /// Makes gzip at a level; nil: reads it. Throws `Failure` where there is no memory.
  init(deflatingAt level: Int32?) throws {
    isDeflating = level != nil
    unsafe native = .allocate(capacity: 1)
    unsafe native.initialize(to: z_stream())
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    let status: Int32
    if let level {
      status = unsafe deflateInit2_(
        native, level, Z_DEFLATED, Self.windowBits, Self.memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    } else {
      status = unsafe inflateInit2_(native, Self.windowBits, ZLIB_VERSION, size)
    }
    guard status == Z_OK else { throw Failure(.failed, "zlib cannot be started (\(status))") }
  }

  deinit {
    // Harmless where the start failed.
    _ = unsafe isDeflating ? deflateEnd(native) : inflateEnd(native)
    unsafe native.deinitialize(count: 1)
    unsafe native.deallocate()
  }

  /// Begins anew.
  func reset() { _ = unsafe isDeflating ? deflateReset(native) : inflateReset(native) }
}
