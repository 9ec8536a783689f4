import SegmentEngine
import SegmentTestSupport
import Testing

@Suite("A policy's document is read as strict JSON, whatever its bytes")
struct PolicySyntaxTests {
  private static func message(_ bytes: [UInt8]) throws -> String {
    let error = try #require(throws: StoreError.self) { try Policy(json: bytes) }
    #expect(error.code == .invalidPolicy)
    return error.message
  }

  @Test(
    "What is no JSON is told by byte, line and column",
    arguments: [
      ("", "byte 0 (line 1, column 1): the document ends, a value is expected"),
      (" \n ", "byte 3 (line 2, column 2): the document ends, a value is expected"),
      ("version", "byte 0 (line 1, column 1): v was found, a value is expected"),
      ("{", "byte 1 (line 1, column 2): the document ends, the name of a field, in quotes, is expected"),
      ("{version: 1}", "byte 1 (line 1, column 2): v was found, the name of a field"),
      ("{'version': 1}", "byte 1 (line 1, column 2): ' was found"),
      (#"{"version" 1}"#, "byte 11 (line 1, column 12): 1 was found, a colon is expected"),
      (#"{"version": }"#, "byte 12 (line 1, column 13): } was found, a value is expected"),
      (#"{"version": 1,}"#, "byte 14 (line 1, column 15): } was found, the name of a field"),
      ("{\"version\": 1\n \"rules\": []}", "byte 15 (line 2, column 2): \" was found, a comma or } is expected"),
      (#"{"version": 1, "rules": [1 2]}"#, "byte 27 (line 1, column 28): 2 was found, a comma or ] is expected"),
      (#"{"version": 1, "rules": [1,]}"#, "byte 27 (line 1, column 28): ] was found, a value is expected"),
      (#"{"version": 1} {}"#, "byte 15 (line 1, column 16): { was found, the end of the document is expected"),
      ("{\"é\": x}", "byte 7 (line 1, column 7): x was found"),
      (#"{"keep": NaN}"#, "byte 9 (line 1, column 10): N was found, a value is expected"),
      (#"{"keep": Infinity}"#, "byte 9 (line 1, column 10): I was found"),
      (#"{"keep": -Infinity}"#, "byte 10 (line 1, column 11): I was found, a digit is expected"),
      (#"{"keep": +1}"#, "byte 9 (line 1, column 10): + was found"),
      (#"{"keep": .5}"#, "byte 9 (line 1, column 10): . was found"),
      (#"{"keep": 1.}"#, "byte 11 (line 1, column 12): } was found, a digit is expected"),
      (#"{"keep": 1e}"#, "byte 11 (line 1, column 12): } was found, a digit is expected"),
      (#"{"keep": 01}"#, "byte 10 (line 1, column 11): 1 was found, a number without leading zeros"),
      (#"{"keep": 0x1}"#, "byte 10 (line 1, column 11): x was found, a comma or }"),
      (#"{"keep": tru}"#, "byte 9 (line 1, column 10): t was found"),
      ("{\"a\": 1 // why\n}", "byte 8 (line 1, column 9): / was found, a comma or }"),
      (
        #"{"a": "b"#,
        "byte 8 (line 1, column 9): the document ends, a closing quote is expected; the string begins at byte 6"
      ),
      ("{\"a\": \"\n\"}", "byte 7 (line 1, column 8): byte 0xA was found, an escape is expected"),
      (#"{"a": "\x"}"#, "byte 7 (line 1, column 8): \\ was found, one of"),
      (#"{"a": "\u12g4"}"#, "byte 7 (line 1, column 8): \\ was found, four hexadecimal digits are expected"),
      (#"{"a": "\udc00"}"#, "byte 7 (line 1, column 8): \\ was found, a high surrogate before the low one"),
      (#"{"a": "\ud83d"}"#, "byte 13 (line 1, column 14): \" was found, a low surrogate after the high one"),
      (#"{"a": "\ud83d\ud83d"}"#, "byte 13 (line 1, column 14): \\ was found, a low surrogate"),
      (#"{"a": "\ud83d\n"}"#, "byte 13 (line 1, column 14): \\ was found, a low surrogate"),
      ("\u{FEFF}{}", "byte 0 (line 1, column 1): byte 0xEF was found, a document without a byte order mark"),
      (
        String(repeating: "[", count: 17),
        "byte 16 (line 1, column 17): [ was found, at most 16 arrays and objects within each other are expected"
      ),
    ])
  func malformed(_ document: String, _ says: String) throws {
    let message = try Self.message(Array(document.utf8))
    #expect(message.hasPrefix("not JSON at " + says), "\(message)")
  }

  @Test(
    "Bytes that are not UTF-8 are refused",
    arguments: [[0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3], [0xFF]])
  func notUTF8(_ bytes: [UInt8]) throws {
    let document = Array(#"{"salt": ""#.utf8) + bytes + Array(#"", "version": 1}"#.utf8)
    let says = "byte 9 (line 1, column 10): \" was found, a string in UTF-8 is expected"
    #expect(try Self.message(document).contains(says))
  }

  @Test("A document may be large and deep, up to a bound")
  func bounds() throws {
    let document = Array(#"{"version": 1}"#.utf8)
    let space = [UInt8](repeating: 0x20, count: (256 << 10) - document.count)
    #expect(try Policy(json: document + space) == .keepAll)
    #expect(
      try Self.message(document + space + [0x20])
        == "the document: 262145 bytes were given, at most 262144 are expected")
    let deep = String(repeating: "[", count: 15) + String(repeating: "]", count: 15)
    #expect(try Self.message(Array(#"{"x": \#(deep)}"#.utf8)).hasPrefix("x: this field is unknown"))
    #expect(try Self.message(.init(repeating: UInt8(ascii: "["), count: 256 << 10)).contains("at most 16 arrays"))
    _ = try Self.message(.init(repeating: UInt8(ascii: "9"), count: 256 << 10))
  }

  @Test("Escapes mean what RFC 8259 says")
  func escapes() throws {
    let document = #"{"version": 1, "salt": "\"\\\/\u00e9\uD83D\uDE00\u0020 é😀"}"#
    #expect(try Policy(json: Array(document.utf8)).salt == "\"\\/é😀  é😀")
  }

  @Test("Documents with changed bytes are read or refused, and never trap", arguments: 0..<8)
  func mutated(_ seed: UInt64) {
    var random = SplitMix64(seed: 0x9011C4 + seed)
    var policies = RandomPolicy(seed: seed)
    let pieces = [
      "\"", "\\u", "\\ud800", "{", "}", "[", "]", ",", ":", "-", "1e", "99999999999999999999", "null", "\0",
    ]
    var readable = 0
    for _ in 0..<1_000 {
      var bytes = policies.next().json
      for _ in 0...random.below(3) {
        let place = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[place] ^= 1 << UInt8(random.below(8))
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(20)))
        case 3: bytes.insert(contentsOf: pieces[random.below(pieces.count)].utf8, at: place)
        default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.below(200))], at: place)
        }
        if bytes.isEmpty { bytes = [0x20] }
      }
      do throws(StoreError) {
        let policy = try Policy(json: bytes)
        // What is accepted can be written and read again.
        #expect((try? Policy(json: policy.json)) == policy, "seed \(seed)")
        readable += 1
      } catch {
        #expect(error.code == .invalidPolicy, "seed \(seed)")
      }
    }
    #expect(readable > 0 && readable < 1_000, "seed \(seed)")
  }

  @Test("Every beginning of a document, and random bytes, are refused")
  func truncated() throws {
    let document = Policy.sampled.json.dropLast()
    for length in 0..<document.count { _ = try Self.message(Array(document.prefix(length))) }
    var random = SplitMix64(seed: 7)
    for length in 0..<2_000 { _ = try Self.message(random.bytes(length % 300)) }
  }
}
