import CSegmentZstd

/// The calls of zstd with nothing around them, into memory that is reused; dictionaries digested before.
@safe final class BareZstd {
  private let level: Int32
  private let compression: OpaquePointer
  private let decompression: OpaquePointer
  private var compressing: OpaquePointer?
  private var decompressing: OpaquePointer?
  private var frame: [UInt8]
  private var content: [UInt8]

  init(level: Int, dictionary: [UInt8]?, longest: Int) throws {
    self.level = Int32(level)
    frame = [UInt8](repeating: 0, count: ZSTD_compressBound(longest))
    content = [UInt8](repeating: 0, count: longest)
    guard let compression = unsafe ZSTD_createCCtx() else { throw BenchError("no memory") }
    unsafe self.compression = compression
    guard let decompression = unsafe ZSTD_createDCtx() else {
      unsafe ZSTD_freeCCtx(compression)
      throw BenchError("no memory")
    }
    unsafe self.decompression = decompression
    guard let dictionary else { return }
    unsafe compressing = ZSTD_createCDict(dictionary, dictionary.count, Int32(level))
    unsafe decompressing = ZSTD_createDDict(dictionary, dictionary.count)
    guard unsafe compressing != nil, unsafe decompressing != nil else { throw BenchError("no memory") }
  }

  deinit {
    unsafe ZSTD_freeCDict(compressing)
    unsafe ZSTD_freeDDict(decompressing)
    unsafe ZSTD_freeCCtx(compression)
    unsafe ZSTD_freeDCtx(decompression)
  }

  /// Returns the length of the frame.
  func compress(_ bytes: [UInt8]) throws -> Int {
    let length: Int
    if let compressing = unsafe compressing {
      length = unsafe ZSTD_compress_usingCDict(compression, &frame, frame.count, bytes, bytes.count, compressing)
    } else {
      length = unsafe ZSTD_compressCCtx(compression, &frame, frame.count, bytes, bytes.count, level)
    }
    guard ZSTD_isError(length) == 0 else { throw BenchError("a block does not compress") }
    return length
  }

  func decompress(_ bytes: [UInt8], length: Int) throws {
    let decoded: Int
    if let decompressing = unsafe decompressing {
      decoded = unsafe ZSTD_decompress_usingDDict(
        decompression, &content, content.count, bytes, bytes.count, decompressing)
    } else {
      decoded = unsafe ZSTD_decompressDCtx(decompression, &content, content.count, bytes, bytes.count)
    }
    guard decoded == length else { throw BenchError("a block does not decompress") }
  }
}
