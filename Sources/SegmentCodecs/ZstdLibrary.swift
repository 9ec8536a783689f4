import CSegmentZstd

/// What the wrappers share: the library's error codes as `CodecError`, and its choice of parameters.
enum ZstdLibrary {
  /// Returns the size that a call yielded, or throws what its error code means.
  static func checked(_ result: Int, _ action: String) throws(CodecError) -> Int {
    guard ZSTD_isError(result) != 0 else { return result }
    let reason: CodecError.Reason
    switch ZSTD_getErrorCode(result) {
    case ZSTD_error_memory_allocation: reason = .outOfMemory
    case ZSTD_error_dictionary_wrong: reason = .wrongDictionary
    case ZSTD_error_version_unsupported, ZSTD_error_frameParameter_unsupported,
      ZSTD_error_frameParameter_windowTooLarge, ZSTD_error_parameter_unsupported,
      ZSTD_error_parameter_outOfBound, ZSTD_error_stage_wrong:
      reason = .unsupported
    default: reason = .corrupt
    }
    throw CodecError(.zstd, reason, "\(action): \(unsafe String(cString: ZSTD_getErrorName(result)))")
  }

  /// The library's parameters for a level and sizes, with a window that spans the whole content. A window as
  /// long as the content keeps every byte of it, and of the dictionary before it, in reach of the last one;
  /// the library's own tables stop at 2 MiB on fast levels.
  static func parameters(level: Int, contentSize: Int, dictionarySize: Int) -> ZSTD_compressionParameters {
    // To the library a content size of 0 means unknown.
    var parameters = ZSTD_getCParams(Int32(level), UInt64(max(contentSize, 1)), dictionarySize)
    let spanning = Int.bitWidth - max(contentSize - 1, 0).leadingZeroBitCount
    parameters.windowLog = min(max(parameters.windowLog, UInt32(spanning)), longestWindowLog)
    return parameters
  }

  /// Decoders that stream refuse longer windows unless told otherwise.
  private static let longestWindowLog: UInt32 = 27

  /// The levels that the linked library knows, negative ones included.
  static var levels: ClosedRange<Int> { Int(ZSTD_minCLevel())...Int(ZSTD_maxCLevel()) }

  static func requireLevel(_ level: Int) throws(CodecError) {
    guard levels.contains(level) else { throw CodecError(.zstd, .unsupported, "there is no level \(level)") }
  }
}
