package import SegmentCodecs

/// The hash that stands for a name in what outlives it: SipHash-2-4 with 128 bits under the store's erasure key, over the
/// target's number and its parts as in `KeyHash` (FORMAT.md "Erased names").
package enum ErasureHash {
  package static func of(_ target: Tombstone.Target, _ parts: [String], key: Identifier) -> Hash128 {
    var writer = ByteWriter(reserving: 96)
    writer.u8(target.rawValue)
    for part in parts {
      var part = part
      part.withUTF8 { utf8 in
        writer.u64(UInt64(utf8.count))
        unsafe writer.raw(utf8)
      }
    }
    return SipHash.hash128(writer.bytes, key: HashKey(k0: key.high.byteSwapped, k1: key.low.byteSwapped))
  }

  package static func of(_ session: SessionKey, key: Identifier) -> Hash128 {
    of(.session, [session.project, session.id], key: key)
  }
}

extension ByteWriter {
  mutating func hash(_ hash: Hash128) {
    u64(hash.low)
    u64(hash.high)
  }
}

extension ByteReader {
  mutating func hash() throws(FormatError) -> Hash128 {
    let low = try u64()
    return Hash128(high: try u64(), low: low)
  }
}
