/// Memory for contents, kept for the next one: a page that is touched for the first time costs some two microseconds, as
/// much as decompressing twice its bytes, and what is freed goes back to the system.
final class MemoryPool: Sendable {
  private struct Idle {
    /// What came back last is last.
    var memory: [ContentMemory] = []
    var bytes = 0
  }

  private let idle = Guarded(Idle())
  private let limit: Int

  /// At most `limit` bytes wait for the next one.
  init(limit: Int) { self.limit = limit }

  /// Memory for `count` bytes or somewhat more; what is in it is not known. Throws `.outOfMemory`.
  func take(_ count: Int) throws(CodecError) -> ContentMemory {
    let size = Self.rounded(count)
    let kept: ContentMemory? = idle.withLock { idle in
      let fitting = idle.memory.indices.filter {
        size <= idle.memory[$0].capacity && idle.memory[$0].capacity / 2 <= size
      }
      guard let best = fitting.min(by: { idle.memory[$0].capacity < idle.memory[$1].capacity }) else { return nil }
      let memory = idle.memory.remove(at: best)
      idle.bytes -= memory.capacity
      return memory
    }
    return if let kept { kept } else { try ContentMemory(size) }
  }

  /// Nobody may use it any longer.
  func giveBack(_ memory: ContentMemory) {
    let surplus = idle.withLock { idle -> [ContentMemory] in
      idle.memory.append(memory)
      idle.bytes += memory.capacity
      var surplus: [ContentMemory] = []
      while idle.bytes > limit {
        let oldest = idle.memory.removeFirst()
        idle.bytes -= oldest.capacity
        surplus.append(oldest)
      }
      return surplus
    }
    withExtendedLifetime(surplus) {}
  }

  /// Frees all that is idle.
  func drain() {
    let freed = idle.withLock { idle in
      defer { idle = Idle() }
      return idle
    }
    withExtendedLifetime(freed) {}
  }

  /// Bytes that are idle.
  var byteCount: Int { idle.withLock { $0.bytes } }

  /// Sizes in steps of an eighth at most, so that what comes back fits again.
  private static func rounded(_ count: Int) -> Int {
    let bits = Int.bitWidth - max(count, 4096).leadingZeroBitCount
    let step = 1 << max(12, bits - 4)
    return (max(count, 1) + step - 1) & ~(step - 1)
  }
}
