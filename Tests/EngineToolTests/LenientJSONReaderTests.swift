import Foundation
import SegmentTestSupport
import Testing

@testable import engine_tool

@Suite("The audit's reader of JSON")
struct LenientJSONReaderTests {
  private func characters(_ json: String) -> String? {
    var reader = LenientJSONReader(Array(json.utf8))
    guard let text = reader.string(), reader.isAtEnd() else { return nil }
    return String(decoding: reader.characters(text), as: UTF8.self)
  }

  @Test(
    "Strings become what they stand for",
    arguments: [
      (#""""#, ""), (#""plain é 😀""#, "plain é 😀"), (#""a\"b\\c\/d""#, "a\"b\\c/d"),
      (#""\n\t\r\b\f""#, "\n\t\r\u{8}\u{C}"),
      (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\ude00!""#, "😀!"), (#""\ud83d""#, "\u{FFFD}"),
      (#""\ude00x""#, "\u{FFFD}x"), (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
      (#""\u00""#, "u00"), (#""\uzzzz""#, "uzzzz"), (#""\x""#, "x"),
      (#""0123456\"789abcdef\\""#, "0123456\"789abcdef\\"),
      (#" "a" "#, "a"),
    ])
  func strings(_ json: String, _ text: String) { #expect(characters(json) == text) }

  @Test("A string without an end breaks the reader", arguments: [#"""#, #""abc"#, #""abc\"#, #""abc\""#])
  func unended(_ json: String) {
    var reader = LenientJSONReader(Array(json.utf8))
    let text = reader.string()
    #expect(text == nil && reader.isBroken)
    let gives = (reader.peek() != 0, reader.isAtEnd(), reader.enterObject(), reader.scalar() != nil)
    #expect(gives == (false, false, false, false))
  }

  @Test("Objects and arrays are walked, and what is skipped is passed over however deep")
  func walking() {
    let deep = String(repeating: "[{\"a\":", count: 100_000) + "1" + String(repeating: "}]", count: 100_000)
    let json = #"{"skip":\#(deep),"list":[1,"two",{"three":[]},null], "number" : -12 ,"none":{}}"#
    var reader = LenientJSONReader(Array(json.utf8))
    let hasList = reader.enterObject() && reader.goTo("list") && reader.enterArray()
    #expect(hasList)
    var elements = 0
    while reader.nextElement() {
      elements += 1
      reader.skip()
    }
    #expect(elements == 4)
    let number = reader.goTo("number") ? reader.integer() : nil
    #expect(number == -12)
    let isEmpty = reader.goTo("none") && reader.enterObject() && reader.nextKey() == nil
    #expect(isEmpty)
    let isDone = reader.nextKey() == nil && reader.isAtEnd()
    #expect(isDone)
  }

  @Test(
    "What is not JSON breaks it",
    arguments: [
      "[1 2]", "[1,]", "[,1]", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{a:1}", "{\"a\":}", "[}", "[1", "[", "{",
      "{\"a\":1,}", "[\u{80}]",
      "[:]",
    ])
  func broken(_ json: String) {
    var reader = LenientJSONReader(Array(json.utf8))
    Self.walk(&reader)
    let isAtEnd = reader.isAtEnd()
    #expect(reader.isBroken && !isAtEnd)
  }

  @Test("Numbers that are no whole numbers of 18 digits are none")
  func integers() {
    for (json, value) in [
      ("0", 0), ("-7", -7), ("999999999999999999", 999_999_999_999_999_999), ("1.5", nil), ("1e3", nil), ("-", nil),
      ("9999999999999999999", nil), ("true", nil), ("\"1\"", nil), ("[1]", nil),
    ] as [(String, Int?)] {
      var reader = LenientJSONReader(Array(json.utf8))
      let (read, isAtEnd) = (reader.integer(), reader.isAtEnd())
      #expect(read == value && isAtEnd, "\(json)")
    }
  }

  @Test("Reads what Foundation writes, and survives it with bytes changed", arguments: 0..<20 as Range<UInt64>)
  func random(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let value = Self.value(&random, depth: 0)
    let json = [UInt8](try JSONSerialization.data(withJSONObject: ["x": value]))
    var reader = LenientJSONReader(json)
    Self.walk(&reader)
    let isAtEnd = reader.isAtEnd()
    #expect(isAtEnd)
    for _ in 0..<200 {
      var bytes = json
      for _ in 0...random.below(3) { bytes[random.below(bytes.count)] = random.bytes(1)[0] }
      bytes.removeLast(random.below(bytes.count))
      var reader = LenientJSONReader(bytes, random.below(4)..<bytes.count + 4)
      Self.walk(&reader)
    }
  }

  private static func value(_ random: inout SplitMix64, depth: Int) -> Any {
    switch random.below(depth > 4 ? 4 : 6) {
    case 0: return random.below(1_000_000)
    case 1: return NSNull()
    case 2: return Double(random.below(1_000)) / 8
    case 3: return String(decoding: random.bytes(random.below(40)), as: UTF8.self)
    case 4: return (0..<random.below(6)).map { _ in value(&random, depth: depth + 1) }
    default:
      var object: [String: Any] = [:]
      for _ in 0..<random.below(6) { object["\(random.next())\"\\"] = value(&random, depth: depth + 1) }
      return object
    }
  }

  /// Reads everything.
  private static func walk(_ reader: inout LenientJSONReader) {
    var isArray: [Bool] = []
    repeat {
      if let last = isArray.last {
        let hasMore = last ? reader.nextElement() : reader.nextKey().map { _ = reader.characters($0) } != nil
        if !hasMore {
          isArray.removeLast()
          continue
        }
      }
      if reader.enterArray() {
        isArray.append(true)
      } else if reader.enterObject() {
        isArray.append(false)
      } else if let text = reader.string() {
        _ = reader.characters(text)
      } else {
        reader.skip()
      }
    } while !isArray.isEmpty
  }
}
