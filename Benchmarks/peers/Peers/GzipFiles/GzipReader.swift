import CZlib

/// Reads a gzip file member by member.
@safe final class GzipReader {
  /// Longest member that is taken back, bytes: more than any batch, so that a damaged file fills no memory.
  static let limit = 1 << 28
  private static let chunk = 128 << 10

  private let file: PeerFile
  /// On the heap, as zlib holds its address.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8] = []
  /// Where in `input` the next byte is.
  private var used = 0
  /// Where in the file the end of `input` is.
  private var offset = 0
  /// End of the last whole member that was read.
  private(set) var end = 0

  init(_ file: PeerFile) throws {
    self.file = file
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard unsafe peer_inflate_init(stream, 15 + 16) == Z_OK else { throw PeerError("zlib has no memory to decompress") }
  }

  /// Ending a stream that did not begin does nothing.
  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// The next member's content; nil at the end, and where the file ends within a member, as a crash leaves it.
  func next() throws -> [UInt8]? {
    defer { withExtendedLifetime(self) {} }
    unsafe inflateReset(stream)
    var content: [UInt8] = []
    // Most members are a few kB; one of a page's snapshot doubles a few times.
    var room = 64 << 10
    // True where zlib may hold content that it had no room for.
    var more = false
    while true {
      if used == input.count, !more {
        input = try file.next(GzipReader.chunk, at: offset)
        offset += input.count
        used = 0
        if input.isEmpty { return nil }
      }
      let (bytes, code) = inflate(atMost: room)
      content += bytes
      switch code {
      case Z_STREAM_END:
        end = offset - (input.count - used)
        return content
      case Z_OK, Z_BUF_ERROR: break
      default: throw PeerError("\(file.path) is damaged behind byte \(end): restore it from a copy")
      }
      guard content.count <= GzipReader.limit else {
        throw PeerError("\(file.path) has a member longer than \(GzipReader.limit) bytes: it is damaged")
      }
      more = bytes.count == room
      if more { room = min(room * 2, 4 << 20) }
    }
  }

  /// Inflates what there is of input into at most `room` bytes.
  private func inflate(atMost room: Int) -> ([UInt8], Int32) {
    var code = Z_OK
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, filled in
      unsafe input.withUnsafeBufferPointer { all in
        let rest = unsafe UnsafeBufferPointer(rebasing: all[used...])
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: rest.baseAddress)
        unsafe stream.pointee.avail_in = UInt32(rest.count)
        unsafe stream.pointee.next_out = output.baseAddress
        unsafe stream.pointee.avail_out = UInt32(room)
        code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        used += unsafe rest.count - Int(stream.pointee.avail_in)
        filled = unsafe room - Int(stream.pointee.avail_out)
      }
    }
    return (bytes, code)
  }
}
