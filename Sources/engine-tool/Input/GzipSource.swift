import CSegmentZlib

/// Decompresses gzip, of one member or several.
final class GzipSource: ByteSource {
  private let file: any ByteSource
  private let path: String
  private let stream: ZlibStream
  private var input: [UInt8] = []
  private var taken = 0
  private var isInMember = false
  private var hadMember = false
  /// zlib holds more output than there was room for.
  private var isPending = false

  init(_ file: any ByteSource, _ path: String) throws {
    self.file = file
    self.path = path
    stream = try ZlibStream(deflatingAt: nil)
  }

  func next() throws -> [UInt8] {
    while true {
      if taken == input.count, !isPending {
        input = try file.next()
        taken = 0
        if input.isEmpty {
          if isInMember || !hadMember { throw Failure(.failed, "\(path) ends in the middle of its gzip data") }
          return []
        }
      }
      if !isInMember {
        // Tapes and some tools pad with zeros behind the last member.
        while hadMember, taken < input.count, input[taken] == 0 { taken += 1 }
        if taken == input.count { continue }
        stream.reset()
        isInMember = true
        hadMember = true
      }
      let output = try inflateSome()
      if !output.isEmpty { return output }
    }
  }

  private func inflateSome() throws -> [UInt8] {
    var status = Z_OK
    let (input, taken) = (self.input, self.taken)
    var left = 0
    let output = unsafe [UInt8](unsafeUninitializedCapacity: ContentSource.chunk) { room, count in
      unsafe input.withUnsafeBufferPointer { input in
        // zlib only reads there; its type lacks the const.
        unsafe stream.native.pointee.next_in = input.baseAddress.map {
          unsafe UnsafeMutablePointer(mutating: $0 + taken)
        }
        unsafe stream.native.pointee.avail_in = UInt32(input.count - taken)
        unsafe stream.native.pointee.next_out = room.baseAddress
        unsafe stream.native.pointee.avail_out = UInt32(ContentSource.chunk)
        status = unsafe inflate(stream.native, Z_NO_FLUSH)
        left = unsafe Int(stream.native.pointee.avail_in)
        count = unsafe ContentSource.chunk - Int(stream.native.pointee.avail_out)
      }
    }
    self.taken = input.count - left
    switch status {
    case Z_STREAM_END:
      isInMember = false
      isPending = false
    case Z_OK, Z_BUF_ERROR:
      isPending = output.count == ContentSource.chunk
    default:
      throw Failure(.failed, "\(path) holds gzip data that cannot be decompressed")
    }
    return output
  }
}
