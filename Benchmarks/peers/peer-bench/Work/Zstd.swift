import CZstd

/// Unpacks recordings that come compressed.
enum Zstd {
  /// No recording is larger.
  private static let limit: UInt64 = 1 << 30

  static func decompress(_ bytes: [UInt8], _ path: String) throws -> [UInt8] {
    let length = unsafe ZSTD_getFrameContentSize(bytes, bytes.count)
    guard length <= limit else {
      throw BenchError("\(path) is not a zstd frame that states its length, or is too large")
    }
    var failed = false
    let content = unsafe [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
      let result = unsafe ZSTD_decompress(buffer.baseAddress, buffer.count, bytes, bytes.count)
      failed = ZSTD_isError(result) != 0 || result != buffer.count
      count = failed ? 0 : buffer.count
    }
    if failed { throw BenchError("\(path) is damaged") }
    return content
  }
}
