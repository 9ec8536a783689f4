/// The eight chaining words of SHA-256, with the names of FIPS 180-4, section 6.2.
struct SHA256State: Sendable {
  private var a: UInt32 = 0x6A09_E667
  private var b: UInt32 = 0xBB67_AE85
  private var c: UInt32 = 0x3C6E_F372
  private var d: UInt32 = 0xA54F_F53A
  private var e: UInt32 = 0x510E_527F
  private var f: UInt32 = 0x9B05_688C
  private var g: UInt32 = 0x1F83_D9AB
  private var h: UInt32 = 0x5BE0_CD19

  /// First 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants: InlineArray<64, UInt32> = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
    0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
    0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
    0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
    0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
  ]

  @inline(__always)
  private static func rotate(_ x: UInt32, _ by: UInt32) -> UInt32 { x &>> by | x &<< (32 - by) }

  /// One step of the compression: `added` is the sum of the round's constant and message word.
  @inline(__always)
  private mutating func round(_ added: UInt32) {
    let s1 = Self.rotate(e, 6) ^ Self.rotate(e, 11) ^ Self.rotate(e, 25)
    let t1 = h &+ s1 &+ (g ^ (e & (f ^ g))) &+ added
    let s0 = Self.rotate(a, 2) ^ Self.rotate(a, 13) ^ Self.rotate(a, 22)
    let t2 = s0 &+ ((a & b) | (c & (a | b)))
    h = g
    g = f
    f = e
    e = d &+ t1
    d = c
    c = b
    b = a
    a = t1 &+ t2
  }

  /// Takes in one block, which must be 64 bytes.
  mutating func absorb(_ block: UnsafeRawBufferPointer) {
    precondition(block.count == 64)
    // Of the 64 message words only the last 16 are ever needed.
    var words = InlineArray<16, UInt32>(repeating: 0)
    var now = self
    for i in 0..<16 {
      words[i] = UInt32(bigEndian: unsafe block.loadUnaligned(fromByteOffset: i * 4, as: UInt32.self))
      now.round(Self.constants[i] &+ words[i])
    }
    for start in stride(from: 16, to: 64, by: 16) {
      for i in 0..<16 {
        let w15 = words[(i + 1) & 15]
        let w2 = words[(i + 14) & 15]
        let s0 = Self.rotate(w15, 7) ^ Self.rotate(w15, 18) ^ w15 &>> 3
        let s1 = Self.rotate(w2, 17) ^ Self.rotate(w2, 19) ^ w2 &>> 10
        words[i] = words[i] &+ s0 &+ words[(i + 9) & 15] &+ s1
        now.round(Self.constants[start + i] &+ words[i])
      }
    }
    a &+= now.a
    b &+= now.b
    c &+= now.c
    d &+= now.d
    e &+= now.e
    f &+= now.f
    g &+= now.g
    h &+= now.h
  }

  /// The words, big-endian.
  var bytes: [UInt8] {
    [UInt8](capacity: 32) { output in
      for word in [a, b, c, d, e, f, g, h] {
        for shift in stride(from: 24, through: 0, by: -8) {
          output.append(UInt8(truncatingIfNeeded: word &>> shift))
        }
      }
    }
  }
}
