import CSegmentZstd

/// Compresses at one level, one call at a time. Holds a context whose memory is reused from call to call and grows
/// to what the largest content and level need.
///
/// Not sendable: `ContextPool` lends contexts to several threads.
@safe package final class ZstdCompressor {
  package let level: Int
  private let context: OpaquePointer

  /// Throws `.unsupported` for a level that the library does not have, and `.outOfMemory`.
  package init(level: Int) throws(CodecError) {
    try ZstdLibrary.requireLevel(level)
    guard let context = unsafe ZSTD_createCCtx() else {
      throw CodecError(.zstd, .outOfMemory, "no memory for a compression context")
    }
    self.level = level
    unsafe self.context = context
  }

  deinit { unsafe ZSTD_freeCCtx(context) }

  /// The levels that exist, negative (fastest) ones included.
  package static var levels: ClosedRange<Int> { ZstdLibrary.levels }

  /// The most bytes that compressing `count` bytes can yield.
  package static func maximumCompressedSize(of count: Int) -> Int { ZSTD_compressBound(count) }

  /// Appends `bytes` as one frame and returns its length.
  ///
  /// The frame states its content size and, where the dictionary has one, its dictionary ID; it has no checksum.
  /// The same bytes, level, dictionary and library always give the same frame. `output` grows geometrically and
  /// by at least `maximumCompressedSize(of:)`, and is unchanged after an error. Throws `.unsupported` above
  /// `CodecLimits.longestContent`, `.corrupt` for a damaged dictionary, and `.outOfMemory`.
  @discardableResult
  package func compress(
    _ bytes: RawSpan, dictionary: ZstdDictionary?, appendingTo output: inout [UInt8]
  ) throws(CodecError) -> Int {
    let contentSize = bytes.byteCount
    guard contentSize <= CodecLimits.longestContent else {
      throw CodecError(.zstd, .unsupported, "\(contentSize) bytes are too many for one frame")
    }
    let tables = try dictionary?.compressionTables(level: level)
    try prepare(contentSize: contentSize, dictionarySize: dictionary?.byteCount ?? 0, tables)
    // The context must not be left referring to tables that another thread may let go.
    defer {
      unsafe _ = ZSTD_CCtx_refCDict(context, nil)
      withExtendedLifetime(tables) {}
    }
    let lengthBefore = output.count
    let bound = Self.maximumCompressedSize(of: contentSize)
    try output.append(addingCapacity: bound) { (span: inout OutputSpan<UInt8>) throws(CodecError) in
      try unsafe span.fill { (target) throws(CodecError) in
        let result = unsafe bytes.withUnsafeBytes { source in
          unsafe ZSTD_compress2(context, target.baseAddress, target.count, source.baseAddress, source.count)
        }
        return try ZstdLibrary.checked(result, "compressing")
      }
    }
    return output.count - lengthBefore
  }

  private func prepare(
    contentSize: Int, dictionarySize: Int, _ tables: CompressionTables?
  ) throws(CodecError) {
    let parameters = ZstdLibrary.parameters(
      level: level, contentSize: contentSize, dictionarySize: dictionarySize)
    try set(unsafe ZSTD_CCtx_reset(context, ZSTD_reset_session_only))
    try set(unsafe ZSTD_CCtx_setCParams(context, parameters))
    guard let tables else { return }
    let isLoaded = ZstdLibrary.loads(dictionarySize: dictionarySize, contentSize: contentSize)
    let attachment = Int32(bitPattern: (isLoaded ? ZSTD_dictForceLoad : tables.attachment).rawValue)
    // The parameter's own name is a macro, which Swift does not see.
    try set(unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_experimentalParam4, attachment))
    try set(unsafe ZSTD_CCtx_refCDict(context, tables.handle))
  }

  private func set(_ result: Int) throws(CodecError) {
    _ = try ZstdLibrary.checked(result, "preparing to compress")
  }

  /// Bytes held by the context.
  package var memoryFootprint: Int { unsafe ZSTD_sizeof_CCtx(context) }
}

@available(*, unavailable)
extension ZstdCompressor: Sendable {}
