import SegmentScanner
import Testing

/// Every reason to refuse a batch, with the element and the byte it is found at.
struct ScanReasonTests {
  private static let good = #"{"type":0,"timestamp":1}"#

  private static let cases: [(String, ScanError.Reason, Int, Int)] = [
    ("", .emptyBatch, 0, 0), (" \r\n\t", .emptyBatch, 0, 4), ("[]", .emptyBatch, 0, 2), (" [ ] \n", .emptyBatch, 0, 6),
    ("hello", .notJSON, 0, 0), (#"{"type":0 "timestamp":1}"#, .notJSON, 0, 10), (#"{"type" 0}"#, .notJSON, 0, 8),
    (#"{"type":0,}"#, .notJSON, 0, 10), (#"{,"type":0}"#, .notJSON, 0, 1), (#"{type:0}"#, .notJSON, 0, 1),
    (#"{"type":}"#, .notJSON, 0, 8), (#"{"a":tru}"#, .notJSON, 0, 8), (#"{"a":nul1}"#, .notJSON, 0, 8),
    (#"{"a":01}"#, .notJSON, 0, 6), (#"{"a":1.}"#, .notJSON, 0, 7), (#"{"a":.5}"#, .notJSON, 0, 5),
    (#"{"a":1e}"#, .notJSON, 0, 7), (#"{"a":+1}"#, .notJSON, 0, 5), (#"{"a":-}"#, .notJSON, 0, 6),
    (#"{"a":0x1}"#, .notJSON, 0, 6), (#"{"a":undefined}"#, .notJSON, 0, 5), (#"{"a":[\"]}"#, .notJSON, 0, 6),
    (#"{"data":{"a":1,}}"#, .notJSON, 0, 15), (#"{"data":{"a"}}"#, .notJSON, 0, 12),
    (#"{"data":{"a":x}}"#, .notJSON, 0, 13),
    ("[\(good),]", .notJSON, 1, 26), ("[,\(good)]", .notJSON, 0, 1), ("\(good),\(good)", .trailingGarbage, 0, 24),
    ("{", .truncated, 0, 1), (#"{"type":0"#, .truncated, 0, 9), (#"{"type":0,"a":[1"#, .truncated, 0, 16),
    (#"{"a":"b"#, .truncated, 0, 7), (#"{"a":"b\"#, .truncated, 0, 8), (#"{"a":tr"#, .truncated, 0, 7),
    ("[", .truncated, 0, 1),
    ("[\(good)", .truncated, 1, 25), ("[\(good),", .truncated, 1, 26), (#""\u001f"#, .truncated, 0, 7),
    ("5", .notAnObject, 0, 0), ("\(good)\n null", .notAnObject, 1, 26), (#""text""#, .notAnObject, 0, 0),
    ("[[]]", .notAnObject, 0, 1), ("[\(good),-1.5e3]", .notAnObject, 1, 26), ("\(good) [1]", .notAnObject, 1, 25),
    (#" {"timestamp":1}"#, .missingType, 0, 1), ("{}", .missingType, 0, 0),
    (#"{"data":{"type":3},"timestamp":1}"#, .missingType, 0, 0),
    (#"{"type":"3","timestamp":1}"#, .badType, 0, 8), (#"{"type":-3,"timestamp":1}"#, .badType, 0, 8),
    (#"{"type":3.5,"timestamp":1}"#, .badType, 0, 8), (#"{"type":65536,"timestamp":1}"#, .badType, 0, 8),
    (#"{"type":null,"timestamp":1}"#, .badType, 0, 8), (#"{"type":[3],"timestamp":1}"#, .badType, 0, 8),
    (#"{"type":1e999,"timestamp":1}"#, .badType, 0, 8),
    (#"{"type":99999999999999999999,"timestamp":1}"#, .badType, 0, 8),
    (#"{"type":0}"#, .missingTimestamp, 0, 0), (#"{"type":0,"data":{"timestamp":1}}"#, .missingTimestamp, 0, 0),
    (#"{"type":0,"timestamp":"1"}"#, .badTimestamp(.string), 0, 22),
    (#"{"type":0,"timestamp":null}"#, .badTimestamp(.null), 0, 22),
    (#"{"type":0,"timestamp":true}"#, .badTimestamp(.boolean), 0, 22),
    (#"{"type":0,"timestamp":{}}"#, .badTimestamp(.container), 0, 22),
    (#"{"type":0,"timestamp":NaN}"#, .badTimestamp(.notANumber), 0, 22),
    (#"{"type":0,"timestamp":Infinity}"#, .badTimestamp(.infinite), 0, 22),
    (#"{"type":0,"timestamp":1e999}"#, .badTimestamp(.infinite), 0, 22),
    (#"{"type":0,"timestamp":-5}"#, .negativeTimestamp, 0, 22),
    (#"{"type":0,"timestamp":-0.0}"#, .negativeTimestamp, 0, 22),
    (#"{"type":0,"timestamp":-1e999}"#, .negativeTimestamp, 0, 22),
    ("{\"a\":\"b\u{0}\"}", .controlCharacter, 0, 7), ("{\"a\":\"\n\"}", .controlCharacter, 0, 6),
    ("{\"a\":\"\\\n\"}", .controlCharacter, 0, 7),
    ("{\"a\":[\"\t\"]}", .controlCharacter, 0, 7), ("{\"a\":[\u{1}]}", .controlCharacter, 0, 6),
    ("{\u{B}}", .controlCharacter, 0, 1),
    ("\(good)\u{0}", .controlCharacter, 0, 24), ("\u{1F}", .controlCharacter, 0, 0),
    ("{\"a\":\u{7}1}", .controlCharacter, 0, 5),
    (#"{"a":[}"#, .mismatchedBracket, 0, 6), (#"{"a":{"b":[1,2}}"#, .mismatchedBracket, 0, 14),
    (#"{"type":0]"#, .mismatchedBracket, 0, 9),
    ("{]", .mismatchedBracket, 0, 1), ("}", .mismatchedBracket, 0, 0), ("\(good)\n}", .mismatchedBracket, 1, 25),
    (#"{"type":0,"timestamp":1,"type":0}"#, .duplicateField, 0, 24),
    (#"{"type":0,"timestamp":1,"\u0074imestamp":1}"#, .duplicateField, 0, 24),
    (#"{"type":0,"timestamp":1,"data":1,"data":1}"#, .duplicateField, 0, 33),
    ("\(good)}", .trailingGarbage, 0, 24), ("\(good)\(good)", .trailingGarbage, 0, 24),
    ("[\(good)]x", .trailingGarbage, 1, 26),
    ("[\(good)][\(good)]", .trailingGarbage, 1, 26), ("[\(good) \(good)]", .trailingGarbage, 0, 26),
    ("[]\n{}", .trailingGarbage, 0, 3),
    ("[\(good)}", .trailingGarbage, 0, 25), ("\(good)\n\(good)#", .trailingGarbage, 1, 49),
  ]

  @Test("a batch is refused for its reason, at its element and byte", arguments: cases)
  func reasons(text: String, reason: ScanError.Reason, ordinal: Int, offset: Int) {
    #expect(refusal(text) == ScanError(ordinal: ordinal, byteOffset: offset, reason: reason))
  }

  @Test("every error says what it is in words of its own")
  func words() {
    let all = Set(Self.cases.map(\.1)).union([.nestingTooDeep, .eventTooLarge])
    #expect(all.count == 20)
    #expect(Set(all.map(\.description)).count == 20)
    let error = ScanError(ordinal: 3, byteOffset: 120, reason: .badTimestamp(.string))
    #expect(error.description.hasPrefix("event 3 at byte 120: ") && error.description.hasSuffix("not a string"))
  }

  @Test("nesting is allowed down to the limit, the event counted", arguments: [1, 2, 3, 64, 65, 200, 4_096])
  func depth(limit: Int) throws {
    func nested(_ depth: Int) -> String {
      let inner = depth - 1
      return #"{"type":0,"timestamp":1,"a":"# + String(repeating: "[", count: inner) + (inner == 0 ? "1" : "")
        + String(repeating: "]", count: inner) + "}"
    }
    let limits = ScanLimits(maximumDepth: limit)
    #expect(try scan(nested(limit), limits: limits).events.count == 1)
    let tooDeep = ScanError(ordinal: 0, byteOffset: 28 + limit - 1, reason: .nestingTooDeep)
    #expect(refusal(nested(limit + 1), limits: limits) == tooDeep)
    #expect(refusal(nested(100_000), limits: limits) == tooDeep)
  }

  @Test("4,096 levels are the end, whatever is asked for")
  func deepest() {
    let text = #"{"a":"# + String(repeating: #"{"a":["#, count: 100_000)
    let limits = ScanLimits(maximumDepth: .max)
    #expect(refusal(text, limits: limits)?.reason == .nestingTooDeep)
    #expect(refusal(String(repeating: "[", count: 100_000), limits: limits)?.reason == .nestingTooDeep)
  }

  @Test("an event may be as large as the limit")
  func size() throws {
    let text = "\n" + Self.good + "\n" + Self.good
    #expect(try scan(text, limits: ScanLimits(maximumEventBytes: 24)).events.count == 2)
    let tooLarge = ScanError(ordinal: 0, byteOffset: 1, reason: .eventTooLarge)
    for size in 1..<24 { #expect(refusal(text, limits: ScanLimits(maximumEventBytes: size)) == tooLarge) }
    #expect(refusal("[" + Self.good + "]", limits: ScanLimits(maximumEventBytes: 23)) == tooLarge)
  }
}
