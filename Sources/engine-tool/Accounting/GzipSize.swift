import CSegmentZlib

/// Counts what gzip makes of bytes, without keeping it. Memory is bounded whatever their number.
@safe
final class GzipSize {
  /// On the heap, because zlib remembers the address of its state. Freed by `deinit` alone.
  private let stream: UnsafeMutablePointer<z_stream>
  private var room = [UInt8](repeating: 0, count: 64 << 10)

  /// 15 bits of window, and 16 for: gzip.
  private static let windowBits: Int32 = 15 + 16
  /// What the gzip command takes.
  private static let memoryLevel: Int32 = 8

  init(level: Int32) throws {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe deflateInit2_(
      stream, level, Z_DEFLATED, Self.windowBits, Self.memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw Failure(.failed, "zlib cannot be started (\(status))") }
  }

  deinit {
    // Harmless where the start failed.
    _ = unsafe deflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  /// Goes on with the file. Returns how many bytes of gzip that made now.
  func add(_ bytes: [UInt8]) throws -> UInt64 {
    var made: UInt64 = 0
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + (1 << 30))
      made += try run(bytes, start..<end, Z_NO_FLUSH)
      start = end
    }
    return made
  }

  /// Ends the file and begins another. Returns how many bytes that made.
  func finish() throws -> UInt64 {
    let made = try run([], 0..<0, Z_FINISH)
    _ = unsafe deflateReset(stream)
    return made
  }

  private func run(_ bytes: [UInt8], _ range: Range<Int>, _ flush: Int32) throws -> UInt64 {
    var made: UInt64 = 0
    var status = Z_OK
    unsafe bytes.withUnsafeBufferPointer { source in
      unsafe room.withUnsafeMutableBufferPointer { room in
        // zlib only reads there; its type lacks the const.
        let start = unsafe source.baseAddress.map { unsafe UnsafeMutablePointer(mutating: $0 + range.lowerBound) }
        unsafe stream.pointee.next_in = start
        unsafe stream.pointee.avail_in = UInt32(range.count)
        repeat {
          unsafe stream.pointee.next_out = room.baseAddress
          unsafe stream.pointee.avail_out = UInt32(room.count)
          status = unsafe deflate(stream, flush)
          made += unsafe UInt64(room.count - Int(stream.pointee.avail_out))
        } while unsafe status == Z_OK && stream.pointee.avail_out == 0
        unsafe stream.pointee.next_in = nil
        unsafe stream.pointee.next_out = nil
      }
    }
    // Nothing left to do is no error.
    guard status == (flush == Z_FINISH ? Z_STREAM_END : Z_OK) || status == Z_BUF_ERROR else {
      throw Failure(.failed, "gzip data could not be compressed (\(status))")
    }
    return made
  }
}
