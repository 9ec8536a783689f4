import CZlib

/// Makes members of gzip files, from many threads at once: it keeps nothing between calls.
enum GzipMember {
  static var version: String { unsafe String(cString: zlibVersion()) }

  static func compress(_ bytes: [UInt8], level: Int32) throws -> [UInt8] {
    guard let count = UInt32(exactly: bytes.count) else { throw PeerError("a batch is longer than a member may be") }
    // On the heap, as zlib holds its address.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    defer { unsafe stream.deallocate() }
    guard unsafe peer_deflate_init(stream, level, 15 + 16) == Z_OK else {
      throw PeerError("zlib has no memory to compress")
    }
    defer { unsafe deflateEnd(stream) }
    let bound = unsafe Int(deflateBound(stream, UInt(count)))
    return try unsafe bytes.withUnsafeBufferPointer { input in
      try unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, filled in
        // zlib reads through this pointer, though it does not say so.
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.pointee.avail_in = count
        unsafe stream.pointee.next_out = output.baseAddress
        unsafe stream.pointee.avail_out = UInt32(clamping: bound)
        guard unsafe deflate(stream, Z_FINISH) == Z_STREAM_END else {
          throw PeerError("zlib cannot compress a batch of \(count) bytes")
        }
        filled = unsafe Int(stream.pointee.total_out)
      }
    }
  }
}
