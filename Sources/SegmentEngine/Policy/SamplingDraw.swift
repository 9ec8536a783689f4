internal import SegmentCodecs

/// The draw that decides which sessions of a rule stay.
///
/// Each session has one number from 0 up to but without 1, a keyed hash of its name; it stays where that is below the rate.
/// So the result is the same on every node, in every run and under whatever rule, and whoever is kept at a rate is kept
/// at every higher one. Without the salt nobody can choose names that are always kept.
package struct SamplingDraw: Sendable {
  private let key: HashKey

  /// The hash's key is the first 16 bytes of the SHA-256 of the policy's salt in UTF-8, else the store's salt.
  package init(policy: Policy, storeSalt: Identifier) {
    guard let salt = policy.salt else {
      key = HashKey(k0: storeSalt.high.byteSwapped, k1: storeSalt.low.byteSwapped)
      return
    }
    let digest = SHA256.digest(Array(salt.utf8))
    func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    key = HashKey(k0: word(digest[0..<8]), k1: word(digest[8..<16]))
  }

  /// The number of a session: SipHash-2-4 over project and ID, each behind its length as in the key hash of FORMAT.md;
  /// the upper 53 bits as a fraction, which a `Double` holds exactly.
  package func value(of session: SessionKey) -> Double {
    var hasher = SipHasher24(key: key)
    for part in [session.project, session.id] {
      hasher.update(UInt64(part.utf8.count))
      hasher.update(Array(part.utf8))
    }
    return Double(hasher.finalize() >> 11) * 0x1p-53
  }

  /// Whether a session stays. A rate of 1 keeps all of them, 0 none; what is no number keeps, since what was dropped does
  /// not come back.
  package func keeps(_ session: SessionKey, rate: Double) -> Bool {
    !(value(of: session) >= rate)
  }
}
