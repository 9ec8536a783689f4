import CReplayZlib

/// Makes gzip, for what clients send.
enum Gzip {
  struct Failure: Error {}

  static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    var stream = unsafe z_stream()
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard
      unsafe deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
    else { throw Failure() }
    defer { _ = unsafe deflateEnd(&stream) }
    var input = bytes
    let room = bytes.count + bytes.count / 8 + 1_024
    var status = Z_OK
    let output = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, count in
      unsafe input.withUnsafeMutableBufferPointer { input in
        unsafe stream.next_in = input.baseAddress
        unsafe stream.avail_in = UInt32(input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = UInt32(room)
        status = unsafe deflate(&stream, Z_FINISH)
        count = unsafe room - Int(stream.avail_out)
      }
    }
    guard status == Z_STREAM_END else { throw Failure() }
    return output
  }
}
