import SegmentScanner
import Testing

/// Events that the recorder has compressed.
struct PackedEventTests {
  private static let packed = [
    #""\u001f\u008b\b\u0000""#, "\"\\u001f\u{8B}\\b\"", "\"x\u{9C}abc\"", #""x\u009cabc""#, #""\u0078\u009Cabc""#,
    #""x\u00da""#,
    "\"xÚ\"", #""x^""#, #""x\u0001""#,
  ]
  private static let plain = [
    #""""#, #""x""#, #""xa""#, #""x ray""#, #""\u001f""#, #""\u001f\u008c""#, #""\u001fa""#, #""y\u009c""#,
    #""\n\u009c""#,
    #""x\u019c""#, #""x\u""#, #""a\u001f\u008b""#,
  ]

  @Test("an event packed whole into a string is taken with the time of receipt", arguments: packed)
  func whole(text: String) throws {
    for batchText in [text, "[\(text)]", "\(text)\n"] {
      let event = try #require(try scan(batchText, receiveTime: 99.5).events.first)
      #expect(event.type == -1 && event.kind == .packed && event.timestamp == 99.5 && event.flags == .packed)
      #expect(event.length == text.utf8.count)
    }
    let found = try #require(probe(text))
    #expect(found.type == -1 && found.kind == .packed && found.timestamp.isNaN)
  }

  @Test("any other string is no event", arguments: plain)
  func strings(text: String) {
    #expect(refusal(text) == ScanError(ordinal: 0, byteOffset: 0, reason: .notAnObject))
    #expect(probe(text) == nil)
  }

  @Test("packed data or a packed member of it marks an event", arguments: packed)
  func parts(text: String) throws {
    for data in [text, #"{"source":0,"texts":\#(text)}"#, #"{"adds":\#(text),"source":0}"#] {
      let event = try #require(try scan(#"{"type":3,"data":\#(data),"timestamp":1}"#).events.first)
      #expect(event.flags == .packed && event.type == 3 && event.timestamp == 1)
    }
  }

  @Test("other strings in it do not", arguments: plain)
  func plainParts(text: String) throws {
    for data in [text, #"{"source":0,"texts":\#(text)}"#, #"{"source":0,"texts":["x\u009c"]}"#] {
      #expect(try scan(#"{"type":3,"data":\#(data),"timestamp":1}"#).events.first?.flags == [])
    }
  }

  @Test("a compression version marks an event, as posthog-js writes it")
  func compressionVersion() throws {
    #expect(try scan(#"{"type":2,"data":"","timestamp":1,"cv":"2024-10"}"#).events.first?.flags == .packed)
    #expect(try scan(#"{"type":2,"data":"","timestamp":1,"cv":7}"#).events.first?.flags == [])
  }
}
