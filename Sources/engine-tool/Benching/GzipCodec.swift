import CSegmentZlib

/// gzip of a whole session by zlib, one member.
@safe
final class GzipCodec: BenchCodec {
  /// On the heap, because zlib remembers the address of its state. Freed by `deinit` alone.
  private let deflating: UnsafeMutablePointer<z_stream>
  private let inflating: UnsafeMutablePointer<z_stream>

  /// 15 bits of window, and 16 for: gzip.
  private static let windowBits: Int32 = 15 + 16
  /// What zlib's own deflateInit and the gzip command take.
  private static let memoryLevel: Int32 = 8

  init(level: Int32) throws {
    unsafe deflating = .allocate(capacity: 1)
    unsafe deflating.initialize(to: z_stream())
    unsafe inflating = .allocate(capacity: 1)
    unsafe inflating.initialize(to: z_stream())
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    let begun = unsafe deflateInit2_(
      deflating, level, Z_DEFLATED, Self.windowBits, Self.memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    let ready = unsafe inflateInit2_(inflating, Self.windowBits, ZLIB_VERSION, size)
    guard begun == Z_OK, ready == Z_OK else {
      throw Failure(.failed, "zlib cannot be started")
    }
  }

  deinit {
    // Both are harmless where the start failed.
    _ = unsafe deflateEnd(deflating)
    _ = unsafe inflateEnd(inflating)
    unsafe deflating.deinitialize(count: 1)
    unsafe inflating.deinitialize(count: 1)
    unsafe deflating.deallocate()
    unsafe inflating.deallocate()
  }

  func compress(_ raw: [UInt8], into output: inout [UInt8]) throws {
    _ = unsafe deflateReset(deflating)
    let bound = unsafe Int(deflateBound(deflating, UInt(raw.count)))
    try unsafe run(deflating, raw, into: &output, bound, "compressed") { unsafe deflate($0, Z_FINISH) }
  }

  func decompress(_ packed: [UInt8], rawBytes: Int, into output: inout [UInt8]) throws {
    _ = unsafe inflateReset(inflating)
    try unsafe run(inflating, packed, into: &output, rawBytes, "decompressed") { unsafe inflate($0, Z_FINISH) }
  }

  /// All in one call: `BenchSession.largest` keeps lengths in zlib's 32 bits.
  private func run(
    _ stream: UnsafeMutablePointer<z_stream>, _ input: [UInt8], into output: inout [UInt8], _ capacity: Int,
    _ what: String, _ step: (UnsafeMutablePointer<z_stream>) -> Int32
  ) throws {
    guard let room = UInt32(exactly: capacity), let count = UInt32(exactly: input.count) else {
      throw Failure(.failed, "a session is too large for zlib")
    }
    try unsafe output.refill(capacity) { target in
      try unsafe input.withUnsafeBufferPointer { source in
        // zlib only reads there; its type lacks the const.
        unsafe stream.pointee.next_in = source.baseAddress.map { unsafe UnsafeMutablePointer(mutating: $0) }
        unsafe stream.pointee.avail_in = count
        unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = room
        guard unsafe step(stream) == Z_STREAM_END else { throw Failure(.failed, "gzip data could not be \(what)") }
        return unsafe Int(room - stream.pointee.avail_out)
      }
    }
  }
}
