import Testing

@testable import SegmentEngine

@Suite("Primitive values: each is read back, none is read from too few bytes")
struct PrimitiveTests {
  @Test("Varints and zigzags at every power of two, and over-long ones")
  func varints() throws {
    var values: [UInt64] = [0, .max]
    for shift in 0..<64 { values += [1 << UInt64(shift), (1 << UInt64(shift)) &- 1] }
    for value in values {
      var writer = ByteWriter()
      writer.varint(value)
      writer.zigzag(Int64(bitPattern: value))
      var reader = ByteReader(writer.bytes)
      #expect(try reader.varint() == value)
      #expect(try reader.zigzag() == Int64(bitPattern: value))
      #expect(reader.remaining == 0)
      for length in 0..<writer.count {
        var cut = ByteReader(Array(writer.bytes.prefix(length)))
        _ = try? cut.varint()
        #expect(throws: FormatError.self) { try cut.zigzag() }
      }
    }
    for bytes: [UInt8] in [
      [UInt8](repeating: 0xFF, count: 10), [UInt8](repeating: 0x80, count: 10) + [1],
      [UInt8](repeating: 0x80, count: 9) + [2],
    ] {
      var reader = ByteReader(bytes)
      #expect(throws: FormatError.self) { try reader.varint() }
      #expect(reader.position == 0)
    }
  }

  @Test("Instants of every sort, from every base")
  func instants() throws {
    let times: [Double] = [
      0, 1, 0.5, 1_700_000_000_000, 1_700_000_000_000.25, 9_007_199_254_740_991, 9_007_199_254_740_992, 1e300,
      .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    for time in times {
      for base: Int64 in [0, 1_700_000_000_000, (1 << 53) - 1] {
        var writer = ByteWriter()
        writer.instant(time, base: base)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.instant(base: base) == time)
        #expect(reader.remaining == 0)
      }
    }
    for bytes: [UInt8] in [[3], [0x81, 1], [1], [1] + [UInt8](repeating: 0xFF, count: 8)] {
      var reader = ByteReader(bytes)
      #expect(throws: FormatError.self) { try reader.instant(base: 0) }
    }
  }

  @Test("Strings that are no UTF-8 are refused, all others come back byte for byte")
  func strings() throws {
    for text in ["", "a", "\u{E9}", "e\u{301}", "😀", "\u{0}"] {
      var writer = ByteWriter()
      writer.string(text)
      var reader = ByteReader(writer.bytes)
      let found = try reader.string("text", limit: 100)
      #expect(found.utf8.elementsEqual(text.utf8))
    }
    for bytes: [UInt8] in [[1, 0xFF], [2, 0xC3, 0x28], [3, 0xED, 0xA0, 0x80], [2, 0xC0, 0x80], [5, 0x61], [101]] {
      var reader = ByteReader(bytes)
      #expect(throws: FormatError.self) { try reader.string("text", limit: 100) }
      #expect(reader.position == 0)
    }
  }

  @Test("An identifier is 32 lower-case digits, first byte first")
  func identifiers() throws {
    let id = Identifier(high: 0x0123_4567_89AB_CDEF, low: 0x0011_2233_4455_6677)
    #expect(id.description == "0123456789abcdef0011223344556677")
    #expect(Identifier(id.description) == id)
    var writer = ByteWriter()
    writer.identifier(id)
    #expect(writer.bytes.first == 0x01 && writer.bytes.last == 0x77)
    var reader = ByteReader(writer.bytes)
    #expect(try reader.identifier() == id)
    for text in ["", "0", id.description.uppercased(), id.description + "0", String(repeating: "g", count: 32)] {
      #expect(Identifier(text) == nil)
    }
  }

  @Test("Known key hashes, as another reader must compute them")
  func keyHash() {
    // SipHash-2-4 with key 00 ... 0f of each part's length as u64 and its bytes.
    #expect(KeyHash.of(["a", "b"]) != KeyHash.of(["ab", ""]))
    #expect(KeyHash.of(["a", "b"]) != KeyHash.of(["b", "a"]))
    #expect(KeyHash.of(SessionKey(project: "p", id: "s")) == KeyHash.of(["p", "s"]))
    #expect(KeyHash.of([]) == 0x726f_db47_dd0e_0e31)
  }
}
