import CSegmentZstd

/// A zstd dictionary: immutable bytes, shared by every context that uses them, on any thread.
///
/// The content is either raw (anything worth referring to) or finalized (it begins with the magic number
/// 0xEC30A437 and entropy tables). It is held once; tables over it are made when first needed.
package final class ZstdDictionary: Sendable {
  /// Length of the content.
  package let byteCount: Int
  /// The ID in a finalized dictionary, which frames made with it name; 0 for a raw one.
  package let id: UInt32

  /// Levels whose compression tables are kept; the one used longest ago makes room for another.
  package static let levelLimit = 4

  private struct CompressionState {
    /// Most recently used last.
    var kept: [(level: Int, tables: CompressionTables)] = []
  }

  private let content: DictionaryContent
  private let decompression = Guarded<DecompressionTables?>(nil)
  private let compression = Guarded(CompressionState())

  /// Copies `bytes`; linear in their length.
  /// Throws `.unsupported` for no bytes or more than `CodecLimits.longestContent`, and `.outOfMemory`.
  /// Damage inside a finalized dictionary shows at its first use.
  package convenience init(_ bytes: RawSpan) throws(CodecError) {
    guard (1...CodecLimits.longestContent).contains(bytes.byteCount) else {
      throw CodecError(.zstd, .unsupported, "a dictionary cannot have \(bytes.byteCount) bytes")
    }
    self.init(try DictionaryContent(bytes))
  }

  /// Decompresses `frame`, which holds `rawLength` bytes, to where they stay: nothing is copied.
  /// Throws as `ZstdDecompressor.decompress` does, and for what the initializer for bytes refuses.
  package convenience init(
    decompressing frame: RawSpan, rawLength: Int, _ contexts: ContextPool
  ) throws(CodecError) {
    guard (1...CodecLimits.longestContent).contains(rawLength) else {
      throw CodecError(.zstd, .unsupported, "a dictionary cannot have \(rawLength) bytes")
    }
    self.init(try DictionaryContent(decompressing: frame, rawLength: rawLength, contexts))
  }

  private init(_ content: DictionaryContent) {
    self.content = content
    byteCount = content.byteCount
    id = unsafe ZSTD_getDictID_fromDict(content.address, content.byteCount)
  }

  package convenience init(_ bytes: [UInt8]) throws(CodecError) {
    try unsafe self.init(bytes.span.bytes)
  }

  /// Runs `body` over the content, which is not copied.
  package func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try content.withBytes(body)
  }

  /// Bytes of memory that the content takes.
  package var contentFootprint: Int { content.footprint }

  /// Bytes held: the content and all tables made so far. Grows with the first use of each level; see
  /// `discardCompressionTables()`.
  package var memoryFootprint: Int {
    let forDecompression = decompression.withLock { $0?.byteCount ?? 0 }
    let forCompression = compression.withLock { $0.kept.reduce(0) { $0 + $1.tables.byteCount } }
    return content.footprint + forDecompression + forCompression
  }

  /// Lets the tables of all levels go, once calls that use them return. They are made again when needed.
  package func discardCompressionTables() {
    compression.withLock { $0.kept.removeAll() }
  }

  /// The tables for decompression. The first caller makes them, which takes microseconds; others wait for it.
  func decompressionTables() throws(CodecError) -> DecompressionTables {
    try decompression.withLock { (tables) throws(CodecError) in
      if let tables { return tables }
      let made = try DecompressionTables(content)
      tables = made
      return made
    }
  }

  /// The tables for compression at `level`. The first caller makes them, in time linear in the content (a second
  /// on the strongest levels); who needs any level of this dictionary meanwhile waits, rather than make them twice.
  func compressionTables(level: Int) throws(CodecError) -> CompressionTables {
    try compression.withLock { (state) throws(CodecError) in
      if let at = state.kept.firstIndex(where: { $0.level == level }) {
        let found = state.kept.remove(at: at)
        state.kept.append(found)
        return found.tables
      }
      let made = try CompressionTables(content, level: level)
      if state.kept.count == Self.levelLimit { state.kept.removeFirst() }
      state.kept.append((level, made))
      return made
    }
  }
}
