import SegmentCodecs
import Testing

@Suite struct CRC32CTests {
  /// A bit at a time, straight from the definition.
  private func slow(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    return ~crc
  }

  @Test func `gives the published values of RFC 3720 and the check value`() {
    let vectors: [([UInt8], UInt32)] = [
      ([], 0),
      (Array("123456789".utf8), 0xE306_9283),
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Array(0..<32), 0x46DD_794E),
      (Array((0..<32).reversed()), 0x113F_DB5C),
    ]
    for (bytes, expected) in vectors {
      #expect(CRC32C.checksum(bytes) == expected)
      #expect(unsafe CRC32C.portableChecksum(bytes.span.bytes) == expected)
    }
  }

  @Test func `agrees with the definition for every length up to 2,000 and every alignment`() {
    let bytes = Samples.random(count: 2_100, seed: 1)
    var crc: UInt32 = 0
    for count in 0...2_000 {
      let range = count % 17..<count % 17 + count
      let expected = unsafe CRC32C.portableChecksum(bytes.span.bytes.extracting(range))
      #expect(CRC32C.checksum(bytes, in: range) == expected, "length \(count)")
      crc ^= expected
      if count % 97 == 0 { #expect(slow(bytes[range]) == expected, "length \(count)") }
    }
    #expect(crc != 0)
  }

  @Test func `agrees with the tables on lengths around the longest streams`() {
    let bytes = Samples.random(count: 200_000, seed: 2)
    for count in Array(6_100...6_200) + Array(12_250...12_320) + [65_535, 131_072, 199_999] {
      let part = unsafe bytes.span.bytes.extracting(0..<count)
      #expect(CRC32C.checksum(part) == CRC32C.portableChecksum(part), "length \(count)")
    }
  }

  @Test func `chains over parts of any length`() {
    let bytes = Samples.random(count: 20_000, seed: 3)
    let whole = CRC32C.checksum(bytes)
    for cut in [0, 1, 7, 8, 191, 192, 193, 6_144, 9_999, 19_999, 20_000] {
      let first = CRC32C.checksum(bytes, in: 0..<cut)
      #expect(CRC32C.checksum(bytes, in: cut..<bytes.count, seed: first) == whole)
      #expect(CRC32C.checksum(bytes[cut...], seed: first) == whole)
      let second = unsafe bytes.span.bytes.extracting(cut..<bytes.count)
      #expect(CRC32C.portableChecksum(second, seed: first) == whole)
    }
  }

  @Test func `sees every single flipped bit`() {
    var bytes = Samples.random(count: 700, seed: 4)
    let intact = CRC32C.checksum(bytes)
    for bit in 0..<bytes.count * 8 {
      bytes[bit / 8] ^= 1 << (bit % 8)
      #expect(CRC32C.checksum(bytes) != intact)
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
  }
}
