import CSegmentZlib

/// Counts what gzip makes of bytes, without keeping it. Memory is bounded whatever their number.
final class GzipSize {
  private let stream: ZlibStream
  private var room = [UInt8](repeating: 0, count: 64 << 10)

  init(level: Int32) throws { stream = try ZlibStream(deflatingAt: level) }

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
    stream.reset()
    return made
  }

  private func run(_ bytes: [UInt8], _ range: Range<Int>, _ flush: Int32) throws -> UInt64 {
    var made: UInt64 = 0
    var status = Z_OK
    unsafe bytes.withUnsafeBufferPointer { source in
      unsafe room.withUnsafeMutableBufferPointer { room in
        // zlib only reads there; its type lacks the const.
        let start = unsafe source.baseAddress.map { unsafe UnsafeMutablePointer(mutating: $0 + range.lowerBound) }
        unsafe stream.native.pointee.next_in = start
        unsafe stream.native.pointee.avail_in = UInt32(range.count)
        repeat {
          unsafe stream.native.pointee.next_out = room.baseAddress
          unsafe stream.native.pointee.avail_out = UInt32(room.count)
          status = unsafe deflate(stream.native, flush)
          made += unsafe UInt64(room.count - Int(stream.native.pointee.avail_out))
        } while unsafe status == Z_OK && stream.native.pointee.avail_out == 0
        unsafe stream.native.pointee.next_in = nil
        unsafe stream.native.pointee.next_out = nil
      }
    }
    // Nothing left to do is no error.
    guard status == (flush == Z_FINISH ? Z_STREAM_END : Z_OK) || status == Z_BUF_ERROR else {
      throw Failure(.failed, "gzip data could not be compressed (\(status))")
    }
    return made
  }
}
