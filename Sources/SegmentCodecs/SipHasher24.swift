/// SipHash-2-4 with a 64-bit result over parts that need not lie together in memory.
///
/// Only the bytes count, not how they were cut into parts: who joins fields must frame them, by a length for
/// instance. A value can be copied to hash several endings of one beginning.
package struct SipHasher24: Sendable {
  private var state: SipState

  package init(key: HashKey) {
    state = SipState(key: key)
  }

  package mutating func update(_ bytes: RawSpan) { state.absorb(bytes) }
  package mutating func update(_ bytes: [UInt8]) { unsafe state.absorb(bytes.span.bytes) }
  /// Takes the eight bytes of `value`, little-endian.
  package mutating func update(_ value: UInt64) { state.absorb(value) }

  /// The hash of everything so far.
  package consuming func finalize() -> UInt64 {
    state.finish(marker: 0xFF)
    return state.folded
  }
}

/// SipHash-2-4 with a 128-bit result, otherwise as `SipHasher24`.
/// Its low half is not the 64-bit hash of the same bytes.
package struct SipHasher24x128: Sendable {
  private var state: SipState

  package init(key: HashKey) {
    state = SipState(key: key)
    state.v1 ^= 0xEE
  }

  package mutating func update(_ bytes: RawSpan) { state.absorb(bytes) }
  package mutating func update(_ bytes: [UInt8]) { unsafe state.absorb(bytes.span.bytes) }
  /// Takes the eight bytes of `value`, little-endian.
  package mutating func update(_ value: UInt64) { state.absorb(value) }

  /// The hash of everything so far.
  package consuming func finalize() -> Hash128 {
    state.finish(marker: 0xEE)
    let low = state.folded
    state.v1 ^= 0xDD
    for _ in 0..<4 { state.round() }
    return Hash128(high: state.folded, low: low)
  }
}
