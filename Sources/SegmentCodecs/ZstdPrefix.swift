/// A frame that is decompressed from its start on, only as far as somebody wants it.
///
/// What is decompressed stays where it is and does not change; it may be read while more is. One caller at a time
/// decompresses. The context comes from a pool, and goes back there at the end of the frame or with `letGo()`.
///
/// Unchecked: bytes below `State.count` are never written again, those from there on are written, and the source used,
/// under the lock alone; `memory` and `rawLength` never change.
@safe package final class ZstdPrefix: @unchecked Sendable {
  private struct Source {
    var frame: [UInt8]
    var position = 0
    var decompressor: ZstdDecompressor
    var tables: DecompressionTables?
  }

  private struct State {
    /// Bytes that are decompressed.
    var count = 0
    /// Nil at the end of the frame, after an error, and when it was let go.
    var source: Source?
  }

  /// Bytes of the whole content.
  package let rawLength: Int

  private let memory: ContentMemory
  private let contexts: ContextPool
  private let state: Guarded<State>

  /// Decompresses nothing yet. Throws as `ZstdDecompressor.decompress` does of what can be seen without.
  package init(
    _ frame: [UInt8], rawLength: Int, dictionary: ZstdDictionary?, _ contexts: ContextPool
  ) throws(CodecError) {
    try unsafe ZstdDecompressor.check(frame.span.bytes, rawLength: rawLength, dictionary: dictionary)
    let tables = try dictionary?.decompressionTables()
    memory = try contexts.memory.take(rawLength)
    self.rawLength = rawLength
    self.contexts = contexts
    let decompressor = try contexts.decompressor()
    do { try decompressor.begin(tables) } catch {
      contexts.giveBack(decompressor)
      throw error
    }
    state = Guarded(State(source: Source(frame: frame, decompressor: decompressor, tables: tables)))
  }

  deinit {
    letGo()
    contexts.memory.giveBack(memory)
  }

  /// Bytes of memory, but for context, frame and dictionary, which it has until it is let go or decompressed to the end.
  package var footprint: Int { memory.capacity }

  /// Decompresses on until `isEnough` says so of what is there from the start on, or to the end. Returns false where it
  /// was let go before that. Throws what decompressing does; what was decompressed before stays.
  package func decompress(until isEnough: (RawSpan) -> Bool) throws(CodecError) -> Bool {
    try state.withLock { (state) throws(CodecError) in
      while true {
        if state.count > 0, withBytes(state.count, isEnough) { return true }
        guard state.source != nil else { return state.count == rawLength }
        do throws(CodecError) { try step(&state) } catch {
          release(&state)
          throw error
        }
      }
    }
  }

  /// A copy of what was decompressed; nil where that does not reach so far.
  package func copy(_ range: Range<Int>) -> [UInt8]? {
    let count = state.withLock { $0.count }
    guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
    return withBytes(count) { unsafe $0.extracting(range).withUnsafeBytes { unsafe [UInt8]($0) } }
  }

  /// Gives up decompressing more; what is there stays.
  package func letGo() { state.withLock { release(&$0) } }

  /// Runs `body` over what is decompressed: `count` must have been read under the lock.
  private func withBytes<Result>(_ count: Int, _ body: (RawSpan) -> Result) -> Result {
    unsafe body(UnsafeRawBufferPointer(start: memory.address, count: count).bytes)
  }

  /// Goes on until something is decompressed; behind the last of it to the end of the frame.
  private func step(_ state: inout State) throws(CodecError) {
    guard let source = state.source else { return }
    let (before, decompressor, frame) = (state.count, source.decompressor, source.frame)
    var position = source.position
    while state.count == before || state.count == rawLength {
      let wanted = decompressor.nextByteCount
      if wanted == 0 {
        guard state.count == rawLength else {
          throw CodecError(.zstd, .wrongLength, "the frame decodes to \(state.count) bytes, not \(rawLength)")
        }
        return release(&state)
      }
      guard wanted <= frame.count - position else {
        throw CodecError(.zstd, .corrupt, "the frame ends too early")
      }
      let target = unsafe UnsafeMutableRawBufferPointer(
        start: memory.address + state.count, count: rawLength - state.count)
      state.count += try unsafe frame.span.bytes.withUnsafeBytes { (bytes) throws(CodecError) -> Int in
        let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[position..<position + wanted])
        return unsafe try decompressor.step(piece, into: target)
      }
      position += wanted
      state.source?.position = position
    }
  }

  private func release(_ state: inout State) {
    guard let source = state.source else { return }
    state.source = nil
    contexts.giveBack(source.decompressor)
  }
}
