import CSegmentZstd

/// Decompresses zstd, of one frame or several, with windows of up to 2 GiB (`--long=31`).
@safe
final class ZstdSource: ByteSource {
  private let file: any ByteSource
  private let path: String
  /// Freed by `deinit` alone.
  private let context: OpaquePointer
  private var input: [UInt8] = []
  private var taken = 0
  private var isInFrame = false
  /// zstd holds more output than there was room for.
  private var isPending = false

  init(_ file: any ByteSource, _ path: String) throws {
    self.file = file
    self.path = path
    guard let context = unsafe ZSTD_createDCtx() else { throw Failure(.failed, "no memory to decompress \(path)") }
    unsafe self.context = context
    _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 31)
  }

  deinit { _ = unsafe ZSTD_freeDCtx(context) }

  func next() throws -> [UInt8] {
    while true {
      if taken == input.count, !isPending {
        input = try file.next()
        taken = 0
        if input.isEmpty {
          if isInFrame { throw Failure(.failed, "\(path) ends in the middle of its zstd data") }
          return []
        }
      }
      let output = try decompressSome()
      if !output.isEmpty { return output }
    }
  }

  private func decompressSome() throws -> [UInt8] {
    let (input, taken) = (self.input, self.taken)
    var used = 0
    var hint = 0
    let output = unsafe [UInt8](unsafeUninitializedCapacity: ContentSource.chunk) { room, count in
      unsafe input.withUnsafeBytes { input in
        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: taken)
        var target = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: ContentSource.chunk, pos: 0)
        hint = unsafe ZSTD_decompressStream(context, &target, &source)
        used = unsafe source.pos
        count = unsafe target.pos
      }
    }
    guard ZSTD_isError(hint) == 0 else {
      throw Failure(.failed, "\(path) holds zstd data that cannot be decompressed")
    }
    self.taken = used
    isInFrame = hint != 0
    isPending = isInFrame && output.count == ContentSource.chunk
    return output
  }
}
