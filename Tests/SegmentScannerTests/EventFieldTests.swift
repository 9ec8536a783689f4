import SegmentScanner
import Testing

/// What is read of an event.
struct EventFieldTests {
  private func one(_ text: String) throws -> ScannedEvent {
    let batch = try scan(text)
    try #require(batch.events.count == 1)
    return batch.events[0]
  }

  @Test("type, source, time and place are found")
  func plain() throws {
    let event = try one(#"{"type":3,"data":{"source":5,"text":"a","id":7},"timestamp":1795454827019}"#)
    #expect(
      event
        == ScannedEvent(
          offset: 0, length: 74, timestamp: 1_795_454_827_019, type: 3, kind: EventKind(rawValue: 21), flags: []))
  }

  @Test("the order of keys does not matter")
  func orders() throws {
    let members = [
      #""type":3"#, #""timestamp":5.5"#, #""data":{"type":2,"x":[{}],"source":2}"#, #""delay":1"#,
      #""node":{"type":9,"timestamp":"no"}"#,
    ]
    var count = 0
    func permute(_ chosen: [String], _ left: [String]) throws {
      if left.isEmpty {
        let event = try one("{" + chosen.joined(separator: ",") + "}")
        #expect(event.kind == .mouseInteraction && event.timestamp == 5.5 && event.flags == .click)
        count += 1
      }
      for index in left.indices {
        var rest = left
        try permute(chosen + [rest.remove(at: index)], rest)
      }
    }
    try permute([], members)
    #expect(count == 120)
  }

  @Test("keys are compared without their escapes")
  func escapedKeys() throws {
    let event = try one(#"{"\u0074ype":3,"d\u0061ta":{"sour\u0063e":1},"\u0074imest\u0061mp":12}"#)
    #expect(event.kind.name == "mouseMove" && event.timestamp == 12)
    #expect(refusal(#"{"\\type":3,"timestamp":1}"#)?.reason == .missingType)
    #expect(refusal(#"{"type\u0000":3,"timestamp":1}"#)?.reason == .missingType)
  }

  @Test(
    "a type may be any integer up to 65,535, however it is written",
    arguments: [
      ("0", 0), ("9", 9), ("65535", 65_535), ("3.0", 3), ("3e0", 3), ("30e-1", 3), ("0.3E+1", 3), ("3.000", 3),
    ] as [(String, Int32)])
  func types(text: String, type: Int32) throws {
    #expect(try one(#"{"type":\#(text),"timestamp":1}"#).type == type)
  }

  @Test(
    "a timestamp is exact to a Double",
    arguments: [
      "0", "1795454827019", "1795454827019.123", "1.795454827019e12", "17954548270190E-1", "9007199254740993",
      "0.1", "1e22", "1e23", "123456789012345678901234567890", "5e-324", "1.7976931348623157e308", "0.000001e6",
      "2.2250738585072011e-308", "179545482701912345678.000000000000000000001",
    ])
  func timestamps(text: String) throws {
    #expect(try one(#"{"type":0,"timestamp":\#(text)}"#).timestamp == Double(text))
    #expect(probe(#"{"type":0,"data":{"a":1},"timestamp":\#(text)}"#)?.timestamp == Double(text))
  }

  @Test(
    "malformed optional fields are no error",
    arguments: [
      #"{"source":"1"}"#, #"{"source":-1}"#, #"{"source":1.5}"#, #"{"source":null}"#, #"{"source":[1]}"#,
      #"{"source":47}"#,
      #"{"source":1e999}"#, "{}", "[]", "null", "7", #""text""#, "true",
    ])
  func malformed(data: String) throws {
    #expect(try one(#"{"type":3,"data":\#(data),"timestamp":1}"#).kind == .unknownIncremental)
  }

  @Test("of a repeated source the first counts, for scan and probe")
  func repeatedSource() throws {
    let text = #"{"type":3,"data":{"source":1,"source":2},"timestamp":1}"#
    #expect(try one(text).kind.name == "mouseMove")
    #expect(probe(text)?.kind.name == "mouseMove")
  }

  @Test(
    "a click is a mouse interaction of type 2",
    arguments: [
      (3, 2, 2, true), (3, 2, 1, false), (3, 1, 2, false), (5, 2, 2, false),
    ])
  func clicks(type: Int, source: Int, action: Int, isClick: Bool) throws {
    let event = try one(#"{"type":\#(type),"data":{"source":\#(source),"type":\#(action),"id":1},"timestamp":1}"#)
    #expect(event.flags.contains(.click) == isClick)
  }

  @Test(
    "an error is a console line of that level",
    arguments: [
      (#"{"plugin":"rrweb/console@1","payload":{"level":"error","trace":["a"]}}"#, true),
      (
        #"{"payload":{"trace":[{"level":"log"}],"payload":["\"x\""],"level":"error"},"plugin":"rrweb/console@1"}"#, true
      ),
      (#"{"plugin":"rrweb\/console@1","payload":{"l\u0065vel":"err\u006fr"}}"#, true),
      (#"{"plugin":"rrweb/console@1","payload":{"level":"warn"}}"#, false),
      (#"{"plugin":"rrweb/console@1","payload":{"level":["error"]}}"#, false),
      (#"{"plugin":"rrweb/console@1","payload":["level","error"]}"#, false),
      (#"{"plugin":"rrweb/console@1","payload":{"a":x,"level":"error"}}"#, false),
      (#"{"plugin":"rrweb/console@1","payload":"error"}"#, false),
      (#"{"plugin":"rrweb/network@1","payload":{"level":"error"}}"#, false),
      (#"{"payload":{"level":"error"}}"#, false),
    ])
  func errors(data: String, isError: Bool) throws {
    for text in [#"{"type":6,"data":\#(data),"timestamp":1}"#, #"{"timestamp":1,"data":\#(data),"type":6}"#] {
      let event = try one(text)
      #expect(event.kind == .plugin && event.flags == (isError ? .error : []))
    }
    #expect(try one(#"{"type":5,"data":\#(data),"timestamp":1}"#).flags == [])
  }

  @Test("a Meta event tells a page, its address unescaped")
  func pages() throws {
    let batch = try scan(
      #"""
      {"type":0,"data":{"href":"http://no/"},"timestamp":1}
      {"type":4,"data":{"href":"http:\/\/a\/\u00e9?q=\"\ud83d\ude00\ud83d","width":1},"timestamp":2}
      {"type":4,"data":{"width":1},"timestamp":3}
      {"data":{"href":"http://b/é"},"type":4,"timestamp":4}
      {"type":4,"data":{"href":7},"timestamp":5}
      """#)
    #expect(
      batch.pages == [
        PageVisit(event: 1, href: "http://a/é?q=\"😀\u{FFFD}"), PageVisit(event: 3, href: "http://b/é"),
      ])
  }

  @Test("an address is cut between characters", arguments: ["a", "é", "€", "😀", "\\u20ac", "\\ud83d\\ude00"], 0..<4)
  func longPages(character: String, lead: Int) throws {
    let href = String(repeating: "b", count: lead) + String(repeating: character, count: 2_100)
    let page = try #require(try scan(#"{"type":4,"data":{"href":"\#(href)"},"timestamp":2}"#).pages.first)
    let size = ["a": 1, "é": 2, "€": 3, "\\u20ac": 3][character] ?? 4
    #expect(page.href.utf8.count == lead + (2_048 - lead) / size * size)
    #expect(!page.href.contains("\u{FFFD}"))
  }

  @Test("what is no UTF-8 is kept, and repaired in an address only")
  func notUTF8() throws {
    let bytes =
      Array(#"{"type":4,"data":{"href":"a"#.utf8) + [0xFF, 0xC3, 0xE2, 0x82] + Array(#"b"},"timestamp":2}"#.utf8)
    let batch = try scan(bytes)
    #expect(batch.pages.first?.href.filter { $0 != "\u{FFFD}" } == "ab")
    #expect(canonical(bytes, batch) == bytes + [10])
  }
}
