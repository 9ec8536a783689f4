import CSegmentZlib

/// gzip of a whole session by zlib, one member.
final class GzipCodec: BenchCodec {
  private let deflating: ZlibStream
  private let inflating: ZlibStream

  init(level: Int32) throws {
    deflating = try ZlibStream(deflatingAt: level)
    inflating = try ZlibStream(deflatingAt: nil)
  }

  func compress(_ raw: [UInt8], into output: inout [UInt8]) throws {
    deflating.reset()
    let bound = unsafe Int(deflateBound(deflating.native, UInt(raw.count)))
    try unsafe run(deflating.native, raw, into: &output, bound, "compressed") { unsafe deflate($0, Z_FINISH) }
  }

  func decompress(_ packed: [UInt8], rawBytes: Int, into output: inout [UInt8]) throws {
    inflating.reset()
    try unsafe run(inflating.native, packed, into: &output, rawBytes, "decompressed") { unsafe inflate($0, Z_FINISH) }
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
