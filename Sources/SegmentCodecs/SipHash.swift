/// A secret key of `SipHash`: 128 bits.
package struct HashKey: Sendable, Hashable {
  /// The key's first eight bytes, little-endian.
  package var k0: UInt64
  /// The key's last eight bytes, little-endian.
  package var k1: UInt64

  package init(k0: UInt64, k1: UInt64) {
    self.k0 = k0
    self.k1 = k1
  }
}

/// A 128-bit hash.
package struct Hash128: Sendable, Hashable, Comparable {
  /// The last eight bytes of the hash as its authors write it, little-endian.
  package var high: UInt64
  /// The first eight bytes of the hash as its authors write it, little-endian.
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  package static func < (a: Hash128, b: Hash128) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

/// SipHash-2-4, a keyed hash for short inputs whose values nobody can aim at without the key
/// (J.-P. Aumasson and D. J. Bernstein, 2012; the 128-bit variant as in its authors' reference).
/// Linear in the length, without allocation.
package enum SipHash {
  package static func hash64(_ bytes: RawSpan, key: HashKey) -> UInt64 {
    var hasher = SipHasher24(key: key)
    hasher.update(bytes)
    return hasher.finalize()
  }

  package static func hash64(_ bytes: [UInt8], key: HashKey) -> UInt64 {
    hash64(unsafe bytes.span.bytes, key: key)
  }

  package static func hash128(_ bytes: RawSpan, key: HashKey) -> Hash128 {
    var hasher = SipHasher24x128(key: key)
    hasher.update(bytes)
    return hasher.finalize()
  }

  package static func hash128(_ bytes: [UInt8], key: HashKey) -> Hash128 {
    hash128(unsafe bytes.span.bytes, key: key)
  }
}
