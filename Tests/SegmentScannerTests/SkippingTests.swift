import SegmentScanner
import Testing

/// Invalid events left out, and where the scan goes on.
struct SkippingTests {
  private func outcome(_ text: String, limits: ScanLimits = ScanLimits()) throws -> (times: [Double], reasons: [String])
  {
    let batch = try scan(text, .skip, limits: limits)
    return (batch.events.map(\.timestamp), batch.rejected.map { "\($0.ordinal):\($0.byteOffset):\($0.reason)" })
  }

  private func good(_ time: Int) -> String { #"{"type":0,"timestamp":\#(time)}"# }

  @Test("in NDJSON the next line is read after one that is no JSON")
  func brokenLines() throws {
    let lines = [
      good(1), #"{"type":0,"data":{"a":[1,2"#, good(2), "garbage", good(3), #"{"type":0]"#, good(4), "\(good(9))}",
      good(5),
      #"{"type":0,"a":"b"#, good(6), "{\"a\":\"\u{1}\"}", good(7),
    ]
    let batch = try scan(lines.joined(separator: "\n"), .skip)
    #expect(batch.events.map(\.timestamp) == [1, 2, 3, 4, 5, 6, 7])
    #expect(batch.rejected.map(\.ordinal) == [1, 3, 5, 7, 9, 11])
    #expect(
      batch.rejected.map(\.reason) == [
        .mismatchedBracket, .notJSON, .mismatchedBracket, .trailingGarbage, .controlCharacter, .controlCharacter,
      ])
    #expect(batch.rejectedCount == 6 && !batch.isCanonical)
  }

  @Test("what reads as JSON is left out alone, also on a shared line")
  func invalidEvents() throws {
    let text = "5 {} \(good(1)) null \"a\" [1,[2]] {\"type\":0,\"timestamp\":-1} \(good(2))"
    let found = try outcome(text)
    #expect(found.times == [1, 2])
    #expect(found.reasons.count == 6)
    let pretty = "{\n\"type\":\"0\",\n\"timestamp\":1\n}\n\(good(1))"
    #expect(try outcome(pretty).times == [1])
  }

  @Test("in an array the next element is read after one whose brackets match")
  func brokenElements() throws {
    let bad = [#"{"type":0,,}"#, "5", #""text""#, "[1,2]", #"{"type":0 "a":{"b":"]}"}}"#, "{}", #"{"a":tru}"#]
    for element in bad {
      let found = try outcome("[\(good(1)),\(element) , \(good(2))]")
      #expect(found.times == [1, 2] && found.reasons.count == 1, "\(element)")
    }
  }

  @Test("in an array all that remains is one rejected element after one that has no end")
  func hopelessElements() throws {
    let bad = [#"{"type":0,"a":[1}"#, "tru", #"{"a":"b}"#, "nonsense", "{} {}", ",", "]x", ""]
    for element in bad {
      let found = try outcome("[\(good(1)),\(element),\(good(2))]")
      #expect(found.times == [1] && found.reasons.count == 1, "\(element): \(found)")
    }
  }

  @Test("an array that is cut keeps its whole events")
  func cutArrays() throws {
    let found = try outcome("[\(good(1)),\(good(2))")
    #expect(found.times == [1, 2] && found.reasons == ["2:50:\(ScanError.Reason.truncated)"])
    #expect(try outcome("[\(good(1)),").times == [1])
    #expect(try outcome("[\(good(1))] x").times == [1])
  }

  @Test("an event that is too large is left out")
  func tooLarge() throws {
    let limits = ScanLimits(maximumEventBytes: 40)
    let large = #"{"type":0,"timestamp":1,"a":"\#(String(repeating: "a", count: 100))"}"#
    for text in ["\(good(1))\n\(large)\n\(good(2))", "[\(good(1)),\(large),\(good(2))]"] {
      let found = try outcome(text, limits: limits)
      #expect(
        found.times == [1, 2]
          && found.reasons == ["1:\(25 + (text.first == "[" ? 1 : 0)):\(ScanError.Reason.eventTooLarge)"])
    }
  }

  @Test("only so many are listed, all are counted")
  func listing() throws {
    let limits = ScanLimits(maximumListedRejections: 3)
    let batch = try scan(String(repeating: "x\n", count: 10) + good(1), .skip, limits: limits)
    #expect(batch.rejected.map(\.ordinal) == [0, 1, 2] && batch.rejectedCount == 10 && batch.events.count == 1)
  }

  @Test("nothing but invalid events is no error, nothing at all is")
  func nothing() throws {
    #expect(try outcome("x").times.isEmpty)
    for text in ["", " \n", "[]", "[ ]\n"] {
      #expect(throws: ScanError.self) { try scan(text, .skip) }
    }
  }

  @Test("events without an end do not make each other costly: after a while a line is an event")
  func hostileLines() throws {
    // Each of these lines would be searched for its end through all that follow: 500 lines of 32 KB, 4 GB in all.
    let line = #"{"type":0,"timestamp":1,"a":[" "# + "\"," + String(repeating: " ", count: 32_000) + "1\n"
    let text = String(repeating: line, count: 500) + good(1) + "\n"
    let batch = try scan(text, .skip)
    #expect(batch.events.map(\.timestamp) == [1])
    #expect(batch.rejectedCount == 500)
    #expect(Set(batch.rejected.map(\.reason)) == [.truncated])
  }
}
