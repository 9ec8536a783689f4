import CSegmentZstd

/// Decompresses zstd frames, one call at a time, with a context that is reused.
///
/// Not sendable: `ContextPool` lends contexts to several threads.
@safe package final class ZstdDecompressor {
  private let context: OpaquePointer

  /// Throws `.outOfMemory`.
  package init() throws(CodecError) {
    guard let context = unsafe ZSTD_createDCtx() else {
      throw CodecError(.zstd, .outOfMemory, "no memory for a decompression context")
    }
    unsafe self.context = context
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  /// The `rawLength` bytes of the one frame that `frame` holds.
  ///
  /// The frame must state that length and name `dictionary`'s ID, or none when it is raw or nil, and fill `frame`
  /// to the end; all this is checked before memory is reserved, and no more is reserved than `rawLength`.
  /// Throws `.wrongLength`, `.wrongDictionary`, `.corrupt`, or `.unsupported` above `CodecLimits.longestContent`.
  /// A damaged frame may also decode to other bytes of that length, as may an intact one with another raw dictionary.
  package func decompress(
    _ frame: RawSpan, rawLength: Int, dictionary: ZstdDictionary?
  ) throws(CodecError) -> [UInt8] {
    try Self.check(frame, rawLength: rawLength, dictionary: dictionary)
    let tables = try dictionary?.decompressionTables()
    let capacity = OutputSpan<UInt8>.capacity(for: rawLength)
    return try [UInt8](capacity: capacity) { (span: inout OutputSpan<UInt8>) throws(CodecError) in
      try decompress(frame, rawLength: rawLength, tables, into: &span)
    }
  }

  /// The same, replacing the content of `output` and keeping its memory where it is large enough.
  /// After an error `output` is empty.
  package func decompress(
    _ frame: RawSpan, rawLength: Int, dictionary: ZstdDictionary?, into output: inout [UInt8]
  ) throws(CodecError) {
    output.removeAll(keepingCapacity: true)
    try Self.check(frame, rawLength: rawLength, dictionary: dictionary)
    let tables = try dictionary?.decompressionTables()
    // Appending alone would grow by doubling.
    let capacity = OutputSpan<UInt8>.capacity(for: rawLength)
    output.reserveCapacity(capacity)
    try output.append(addingCapacity: capacity) { (span: inout OutputSpan<UInt8>) throws(CodecError) in
      try decompress(frame, rawLength: rawLength, tables, into: &span)
    }
  }

  /// Bytes held by the context.
  package var memoryFootprint: Int { unsafe ZSTD_sizeof_DCtx(context) }

  /// What `decompress` promises of a frame before memory is taken for what is in it.
  static func check(
    _ frame: RawSpan, rawLength: Int, dictionary: ZstdDictionary?
  ) throws(CodecError) {
    guard (0...CodecLimits.longestContent).contains(rawLength) else {
      throw CodecError(.zstd, .unsupported, "\(rawLength) bytes are too many for one frame")
    }
    let facts = try ZstdFrame(at: frame)
    guard let contentSize = facts.contentSize else {
      throw CodecError(.zstd, .wrongLength, "the frame does not state its content size")
    }
    guard contentSize == UInt64(rawLength) else {
      throw CodecError(.zstd, .wrongLength, "the frame states \(contentSize) bytes, not \(rawLength)")
    }
    guard facts.byteCount == frame.byteCount else {
      throw CodecError(.zstd, .corrupt, "\(frame.byteCount - facts.byteCount) bytes follow the frame")
    }
    guard rawLength <= facts.longestContent else {
      throw CodecError(.zstd, .corrupt, "\(frame.byteCount) bytes cannot decode to \(rawLength)")
    }
    let expectedID = dictionary?.id ?? 0
    guard facts.dictionaryID == expectedID else {
      throw CodecError(
        .zstd, .wrongDictionary, "the frame names dictionary \(facts.dictionaryID), not \(expectedID)")
    }
  }

  private func decompress(
    _ frame: RawSpan, rawLength: Int, _ tables: DecompressionTables?, into span: inout OutputSpan<UInt8>
  ) throws(CodecError) {
    try unsafe span.fill { (target) throws(CodecError) in
      unsafe try decompress(frame, rawLength: rawLength, tables, into: target)
    }
  }

  /// Decompresses a frame that was checked to the start of `target`, which holds `rawLength` bytes at least.
  @unsafe func decompress(
    _ frame: RawSpan, rawLength: Int, _ tables: DecompressionTables?, into target: UnsafeMutableRawBufferPointer
  ) throws(CodecError) -> Int {
    precondition(target.count >= rawLength)
    let result = unsafe frame.withUnsafeBytes { source in
      unsafe ZSTD_decompress_usingDDict(
        context, target.baseAddress, rawLength, source.baseAddress, source.count, tables?.handle)
    }
    withExtendedLifetime(tables) {}
    let written = try ZstdLibrary.checked(result, "decompressing")
    guard written == rawLength else {
      throw CodecError(.zstd, .wrongLength, "the frame decodes to \(written) bytes, not \(rawLength)")
    }
    return written
  }

  // MARK: Piece by piece

  /// Begins a frame; the tables must live until its end. Whatever was begun before is forgotten.
  func begin(_ tables: DecompressionTables?) throws(CodecError) {
    _ = try ZstdLibrary.checked(
      unsafe ZSTD_decompressBegin_usingDDict(context, tables?.handle), "beginning a frame")
  }

  /// How many bytes of the frame the next step takes; 0 at its end.
  var nextByteCount: Int { unsafe ZSTD_nextSrcSizeToDecompress(context) }

  /// Takes `piece`, exactly the bytes that are next, and writes what they yield to the start of `target`, which goes on
  /// where the step before ended, in the same memory. Returns how many bytes that are.
  @unsafe func step(_ piece: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) throws(CodecError)
    -> Int
  {
    let result = unsafe ZSTD_decompressContinue(
      context, target.baseAddress, target.count, piece.baseAddress, piece.count)
    let written = try ZstdLibrary.checked(result, "decompressing")
    precondition((0...target.count).contains(written))
    return written
  }
}

@available(*, unavailable)
extension ZstdDecompressor: Sendable {}
