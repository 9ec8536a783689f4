import CSegmentZstd

/// zstd of a whole session, one frame with the library's own parameters for its level and size.
@safe
final class ZstdCodec: BenchCodec {
  /// Freed by `deinit` alone, as are the tables.
  private let compressing: OpaquePointer
  private let decompressing: OpaquePointer
  private let compressionTables: OpaquePointer?
  private let decompressionTables: OpaquePointer?

  /// `windowLog` is a bound: the window never exceeds the session. A dictionary is digested here, once.
  init(level: Int32, windowLog: Int32? = nil, dictionary: [UInt8]? = nil) throws {
    let made = unsafe (ZSTD_createCCtx(), ZSTD_createDCtx())
    guard let compressing = unsafe made.0, let decompressing = unsafe made.1 else {
      unsafe ZSTD_freeCCtx(made.0)
      unsafe ZSTD_freeDCtx(made.1)
      throw Failure(.failed, "no memory to compress")
    }
    unsafe self.compressing = compressing
    unsafe self.decompressing = decompressing
    unsafe compressionTables = dictionary.flatMap { unsafe ZSTD_createCDict($0, $0.count, level) }
    unsafe decompressionTables = dictionary.flatMap { unsafe ZSTD_createDDict($0, $0.count) }
    try check(unsafe ZSTD_CCtx_setParameter(compressing, ZSTD_c_compressionLevel, level))
    if let windowLog { try check(unsafe ZSTD_CCtx_setParameter(compressing, ZSTD_c_windowLog, windowLog)) }
    guard dictionary != nil else { return }
    guard unsafe compressionTables != nil, unsafe decompressionTables != nil else {
      throw Failure(.failed, "no memory for a dictionary")
    }
    try check(unsafe ZSTD_CCtx_refCDict(compressing, compressionTables))
  }

  deinit {
    unsafe ZSTD_freeCCtx(compressing)
    unsafe ZSTD_freeDCtx(decompressing)
    unsafe ZSTD_freeCDict(compressionTables)
    unsafe ZSTD_freeDDict(decompressionTables)
  }

  func compress(_ raw: [UInt8], into output: inout [UInt8]) throws {
    try unsafe output.refill(ZSTD_compressBound(raw.count)) { target in
      try check(unsafe ZSTD_compress2(compressing, target.baseAddress, target.count, raw, raw.count))
    }
  }

  func decompress(_ packed: [UInt8], rawBytes: Int, into output: inout [UInt8]) throws {
    try unsafe output.refill(rawBytes) { target in
      try check(
        unsafe ZSTD_decompress_usingDDict(
          decompressing, target.baseAddress, target.count, packed, packed.count, decompressionTables))
    }
  }

  @discardableResult
  private func check(_ result: Int) throws -> Int {
    guard ZSTD_isError(result) == 0 else {
      throw Failure(.failed, "zstd: \(unsafe String(cString: ZSTD_getErrorName(result)))")
    }
    return result
  }
}
