import CSegmentZstd

/// A dictionary digested for decompression: its entropy tables, and a reference to its content.
///
/// Unchecked: the library only reads what it made, and the content lives as long as `self`.
@safe final class DecompressionTables: @unchecked Sendable {
  @unsafe let handle: OpaquePointer
  private let content: DictionaryContent

  /// Throws `.corrupt` when the content begins like a finalized dictionary and is none.
  init(_ content: DictionaryContent) throws(CodecError) {
    guard let handle = unsafe ZSTD_createDDict_byReference(content.address, content.byteCount) else {
      throw CodecError(.zstd, .corrupt, "the dictionary's entropy tables are damaged")
    }
    unsafe self.handle = handle
    self.content = content
  }

  deinit { unsafe ZSTD_freeDDict(handle) }

  /// Bytes, without the content.
  var byteCount: Int { unsafe ZSTD_sizeof_DDict(handle) }
}

/// A dictionary digested for compression at one level: search tables over its content, tens of MB on strong levels.
///
/// Unchecked: the library only reads what it made, and the content lives as long as `self`.
@safe final class CompressionTables: @unchecked Sendable {
  @unsafe let handle: OpaquePointer
  /// How the library is to combine these tables with those of the content.
  let attachment: ZSTD_dictAttachPref_e
  private let content: DictionaryContent

  /// The content size that tables are made for. Above it the parameters depend on level and dictionary alone, and
  /// below it the library shrinks those of the content by itself to what that needs.
  private static let typicalContentSize = 256 << 10

  /// Throws `.corrupt` when the content begins like a finalized dictionary and is none.
  init(_ content: DictionaryContent, level: Int) throws(CodecError) {
    let parameters = ZstdLibrary.parameters(
      level: level, contentSize: Self.typicalContentSize, dictionarySize: content.byteCount)
    let memory = unsafe ZSTD_customMem(customAlloc: nil, customFree: nil, opaque: nil)
    guard
      let handle = unsafe ZSTD_createCDict_advanced(
        content.address, content.byteCount, ZSTD_dlm_byRef, ZSTD_dct_auto, parameters, memory)
    else { throw CodecError(.zstd, .corrupt, "the dictionary's entropy tables are damaged") }
    unsafe self.handle = handle
    self.content = content
    // Searching the dictionary's tables in place saves copying them for every block, which costs more than the
    // compression itself when the dictionary is large. On the optimal strategies, slow anyway, neither is clearly
    // faster: there the library decides by the content size.
    let isOptimal = parameters.strategy.rawValue > ZSTD_btlazy2.rawValue
    attachment = isOptimal ? ZSTD_dictDefaultAttach : ZSTD_dictForceAttach
  }

  deinit { unsafe ZSTD_freeCDict(handle) }

  /// Bytes, without the content.
  var byteCount: Int { unsafe ZSTD_sizeof_CDict(handle) }
}
