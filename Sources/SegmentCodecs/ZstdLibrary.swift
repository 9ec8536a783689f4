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

  /// The library's parameters for a level and sizes, with a window that spans the whole content, and with tables
  /// that suit a large dictionary if there is one. A window as long as the content keeps every byte of it, and of
  /// the dictionary before it, in reach of the last one; the library's own tables stop at 2 MiB on fast levels.
  static func parameters(level: Int, contentSize: Int, dictionarySize: Int) -> ZSTD_compressionParameters {
    // To the library a content size of 0 means unknown.
    var parameters = ZSTD_getCParams(Int32(level), UInt64(max(contentSize, 1)), dictionarySize)
    parameters.windowLog = min(max(parameters.windowLog, bitWidth(contentSize)), longestWindowLog)
    if dictionarySize > 0 { adapt(&parameters, toDictionarySize: dictionarySize) }
    return parameters
  }

  /// The library sizes tables for dictionaries of 100 KB on fast levels, and for contents of many MB on strong ones.
  /// For a dictionary of whole passages the first are too small. It needs no place for each byte either: matches are
  /// long and begin at many places, and most places share what they begin with. A quarter of them (an eighth on the
  /// fast levels) loses less than a percent of the frame, in recordings, and what stays in the cache is faster.
  /// In a dictionary of noise the strong levels would find only the part nearest to the data. The parameters
  /// suit contents of 256 KiB and 4 MiB alike.
  private static func adapt(_ parameters: inout ZSTD_compressionParameters, toDictionarySize size: Int) {
    switch parameters.strategy {
    case ZSTD_fast:
      parameters.hashLog = max(parameters.hashLog, smallestHashLog, max(bitWidth(size), 3) - 3)
    case ZSTD_dfast:
      parameters.hashLog = max(parameters.hashLog, smallestHashLog, max(bitWidth(size), 3) - 3)
      // The second table, of short matches.
      parameters.chainLog = parameters.hashLog - 1
    case ZSTD_greedy, ZSTD_lazy, ZSTD_lazy2:
      // A row holds 16 places at least; searching less than a whole one saves little time.
      parameters.searchLog = max(parameters.searchLog, 4)
      parameters.hashLog = max(smallestHashLog, max(bitWidth(size), 2) - 2)
      // Five bytes found are mostly chance among megabytes, and cost a sequence.
      parameters.minMatch = 6
    default:
      break
    }
  }

  /// Whether a dictionary is to be loaded for this content rather than searched where it lies. What is searched in
  /// place imposes its tables, made for its own size, on the content: too small for one that is much longer.
  /// Loading is then a small part of the work.
  static func loads(dictionarySize: Int, contentSize: Int) -> Bool {
    contentSize >= 1 << 20 && contentSize / 16 >= dictionarySize
  }

  private static let smallestHashLog: UInt32 = 20

  /// Bits that number `count` places.
  private static func bitWidth(_ count: Int) -> UInt32 {
    UInt32(Int.bitWidth - max(count - 1, 0).leadingZeroBitCount)
  }

  /// Decoders that stream refuse longer windows unless told otherwise.
  private static let longestWindowLog: UInt32 = 27

  /// The levels that the linked library knows, negative ones included.
  static var levels: ClosedRange<Int> { Int(ZSTD_minCLevel())...Int(ZSTD_maxCLevel()) }

  static func requireLevel(_ level: Int) throws(CodecError) {
    guard levels.contains(level) else { throw CodecError(.zstd, .unsupported, "there is no level \(level)") }
  }
}
