/// The four words of SipHash, and the bytes that do not fill a word yet.
struct SipState: Sendable {
  var v0, v1, v2, v3: UInt64
  /// The last `byteCount % 8` bytes, the earliest lowest; zeros above.
  private var partial: UInt64 = 0
  /// Bytes absorbed, modulo 2^64; only the lowest byte of it enters the hash.
  private var byteCount: UInt64 = 0

  init(key: HashKey) {
    // The initial words spell "somepseudorandomlygeneratedbytes".
    v0 = key.k0 ^ 0x736F_6D65_7073_6575
    v1 = key.k1 ^ 0x646F_7261_6E64_6F6D
    v2 = key.k0 ^ 0x6C79_6765_6E65_7261
    v3 = key.k1 ^ 0x7465_6462_7974_6573
  }

  @inline(__always)
  mutating func round() {
    v0 &+= v1
    v2 &+= v3
    v1 = (v1 &<< 13 | v1 &>> 51) ^ v0
    v3 = (v3 &<< 16 | v3 &>> 48) ^ v2
    v0 = v0 &<< 32 | v0 &>> 32
    v2 &+= v1
    v0 &+= v3
    v1 = (v1 &<< 17 | v1 &>> 47) ^ v2
    v3 = (v3 &<< 21 | v3 &>> 43) ^ v0
    v2 = v2 &<< 32 | v2 &>> 32
  }

  @inline(__always)
  private mutating func compress(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  mutating func absorb(_ value: UInt64) {
    let shift = (byteCount & 7) * 8
    compress(partial | value &<< shift)
    partial = shift == 0 ? 0 : value &>> (64 - shift)
    byteCount &+= 8
  }

  mutating func absorb(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { input in
      var at = 0
      let shift = (byteCount & 7) * 8
      // `partial` and each word share the input's words between them when the parts before left a rest.
      if shift == 0 {
        while at + 8 <= input.count {
          compress(UInt64(littleEndian: unsafe input.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
          at += 8
        }
      } else {
        while at + 8 <= input.count {
          let word = UInt64(littleEndian: unsafe input.loadUnaligned(fromByteOffset: at, as: UInt64.self))
          compress(partial | word &<< shift)
          partial = word &>> (64 - shift)
          at += 8
        }
      }
      var filled = shift
      while at < input.count {
        partial |= UInt64(unsafe input[at]) &<< filled
        filled += 8
        at += 1
        if filled == 64 {
          compress(partial)
          partial = 0
          filled = 0
        }
      }
      byteCount &+= UInt64(input.count)
    }
  }

  /// Adds the padding and the closing rounds. `marker` tells the two result lengths apart.
  mutating func finish(marker: UInt64) {
    compress(partial | byteCount &<< 56)
    v2 ^= marker
    for _ in 0..<4 { round() }
  }

  var folded: UInt64 { v0 ^ v1 ^ v2 ^ v3 }
}
