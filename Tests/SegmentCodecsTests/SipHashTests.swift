import SegmentCodecs
import Testing

@Suite struct SipHashTests {
  /// The key of the authors' vectors: bytes 0 to 15. Their n-th input is the bytes 0 to n - 1.
  private let key = HashKey(k0: 0x0706_0504_0302_0100, k1: 0x0F0E_0D0C_0B0A_0908)

  private func littleEndian(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private func bytes64(_ input: [UInt8]) -> [UInt8] { littleEndian(SipHash.hash64(input, key: key)) }

  private func bytes128(_ input: [UInt8]) -> [UInt8] {
    let hash = SipHash.hash128(input, key: key)
    return littleEndian(hash.low) + littleEndian(hash.high)
  }

  @Test func `gives the authors' 64-bit vectors`() {
    let vectors: [Int: String] = [
      0: "310e0edd47db6f72", 1: "fd67dc93c539f874", 7: "37d1018bf50002ab", 8: "6224939a79f5f593",
      15: "e545be4961ca29a1", 63: "724506eb4c328a95",
    ]
    for (count, expected) in vectors { #expect(hex(bytes64(Array(0..<UInt8(count)))) == expected) }
    // All 64 of them, one after another, by their SHA-256.
    let all = (0..<64).flatMap { bytes64(Array(0..<UInt8($0))) }
    #expect(hex(SHA256.digest(all)) == "0226a91002af9775a791b3ec5a48e643f8848d2d5774dea9be3438d5786bb58e")
  }

  @Test func `gives the authors' 128-bit vectors`() {
    let vectors: [Int: String] = [
      0: "a3817f04ba25a8e66df67214c7550293", 1: "da87c1d86b99af44347659119b22fc45",
      7: "a1f1ebbed8dbc153c0b84aa61ff08239", 8: "3b62a9ba6258f5610f83e264f31497b4",
      15: "5493e99933b0a8117e08ec0f97cfc3d9", 63: "5150d1772f50834a503e069a973fbd7c",
    ]
    for (count, expected) in vectors { #expect(hex(bytes128(Array(0..<UInt8(count)))) == expected) }
    let all = (0..<64).flatMap { bytes128(Array(0..<UInt8($0))) }
    #expect(hex(SHA256.digest(all)) == "ecfaa9fe47ff788fa834a9863ea2715a2880cd37d2b8c3c194402838428119b9")
  }

  @Test func `does not depend on how the input is cut`() {
    let bytes = Samples.random(count: 40, seed: 6)
    let whole = SipHash.hash64(bytes, key: key)
    let wide = SipHash.hash128(bytes, key: key)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        var hasher = SipHasher24(key: key)
        var wideHasher = SipHasher24x128(key: key)
        for part in [bytes[..<first], bytes[first..<second], bytes[second...]] {
          hasher.update(Array(part))
          wideHasher.update(Array(part))
        }
        #expect(hasher.finalize() == whole, "cuts at \(first), \(second)")
        #expect(wideHasher.finalize() == wide, "cuts at \(first), \(second)")
      }
    }
  }

  @Test func `takes a number as its eight bytes at any place`() {
    let value: UInt64 = 0x0123_4567_89AB_CDEF
    for before in 0..<20 {
      let prefix = Array(0..<UInt8(before))
      var hasher = SipHasher24(key: key)
      hasher.update(prefix)
      hasher.update(value)
      hasher.update([1, 2, 3])
      let joined = prefix + littleEndian(value) + [1, 2, 3]
      #expect(hasher.finalize() == SipHash.hash64(joined, key: key), "\(before) bytes before")
    }
  }

  @Test func `depends on both halves of the key`() {
    let bytes = Array("session".utf8)
    let hashes = [(0, 0), (1, 0), (0, 1), (1, 1)].map { pair in
      SipHash.hash64(bytes, key: HashKey(k0: pair.0, k1: pair.1))
    }
    #expect(Set(hashes).count == 4)
  }

  @Test func `128-bit hashes are ordered by their high half first`() {
    #expect(Hash128(high: 0, low: 9) < Hash128(high: 1, low: 0))
    #expect(Hash128(high: 1, low: 0) < Hash128(high: 1, low: 1))
  }
}
