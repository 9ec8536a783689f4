/// Lends compressors and decompressors to callers on any thread and keeps a few for the next.
///
/// A caller never waits: when none is idle it gets a new one. What comes back beyond the limit is freed, the one
/// idle longest first, so that memory follows use. The lock is held only to take and give back.
///
/// Unchecked sendable through `Guarded`: an idle context is in the pool alone, a lent one with its caller alone,
/// who must not let it outlive the closure.
package final class ContextPool: Sendable {
  /// The most idle contexts kept, of each of the two kinds.
  package let idleLimit: Int

  private struct Idle {
    /// Used most recently last.
    var compressors: [ZstdCompressor] = []
    var decompressors: [ZstdDecompressor] = []
  }

  private let idle = Guarded(Idle())
  /// For contents that are decompressed bit by bit.
  let memory = MemoryPool(limit: 8 << 20)

  /// A compressor for strong levels may hold tens of MB: choose the limit accordingly, about the number of threads.
  package init(idleLimit: Int) {
    precondition(idleLimit >= 0)
    self.idleLimit = idleLimit
  }

  /// Runs `body` with a compressor of `level`. Throws what making one does, and what `body` does.
  package func withCompressor<Result>(
    level: Int, _ body: (ZstdCompressor) throws(CodecError) -> Result
  ) throws(CodecError) -> Result {
    let kept: ZstdCompressor? = idle.withLock { idle in
      guard let at = idle.compressors.lastIndex(where: { $0.level == level }) else { return nil }
      return idle.compressors.remove(at: at)
    }
    let compressor = if let kept { kept } else { try ZstdCompressor(level: level) }
    defer { giveBack(compressor) }
    return try body(compressor)
  }

  /// Runs `body` with a decompressor. Throws what making one does, and what `body` does.
  package func withDecompressor<Result>(
    _ body: (ZstdDecompressor) throws(CodecError) -> Result
  ) throws(CodecError) -> Result {
    let decompressor = try decompressor()
    defer { giveBack(decompressor) }
    return try body(decompressor)
  }

  /// A decompressor for work that goes on beyond a call; its owner alone uses it, and gives it back.
  func decompressor() throws(CodecError) -> ZstdDecompressor {
    let kept = idle.withLock { $0.decompressors.popLast() }
    return if let kept { kept } else { try ZstdDecompressor() }
  }

  /// Frees all idle contexts, and memory.
  package func drain() {
    memory.drain()
    let freed = idle.withLock { idle in
      defer { idle = Idle() }
      return idle
    }
    withExtendedLifetime(freed) {}
  }

  /// Bytes held by idle contexts, and idle memory.
  package var memoryFootprint: Int {
    memory.byteCount
      + idle.withLock { idle in
        idle.compressors.reduce(0) { $0 + $1.memoryFootprint }
          + idle.decompressors.reduce(0) { $0 + $1.memoryFootprint }
      }
  }

  /// How many contexts are idle.
  package var idleCount: Int { idle.withLock { $0.compressors.count + $0.decompressors.count } }

  private func giveBack(_ compressor: ZstdCompressor) {
    // What is freed is freed outside of the lock.
    let surplus: ZstdCompressor? = idle.withLock { idle in
      idle.compressors.append(compressor)
      return idle.compressors.count > idleLimit ? idle.compressors.removeFirst() : nil
    }
    withExtendedLifetime(surplus) {}
  }

  func giveBack(_ decompressor: ZstdDecompressor) {
    let surplus: ZstdDecompressor? = idle.withLock { idle in
      idle.decompressors.append(decompressor)
      return idle.decompressors.count > idleLimit ? idle.decompressors.removeFirst() : nil
    }
    withExtendedLifetime(surplus) {}
  }
}
