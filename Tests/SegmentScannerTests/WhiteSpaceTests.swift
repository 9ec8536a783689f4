import SegmentScanner
import Testing

/// NDJSON, arrays, and white space as it comes.
struct WhiteSpaceTests {
  private static let first = #"{"type":0,"timestamp":1}"#
  private static let second = #"{"type":3,"data":{"source":1,"p":[{"x":1}]},"timestamp":2}"#

  private static let pretty = """
    {
      "type": 3,\r
      "data": {
    \t"source": 1, "p": [
          { "x": 1 }
        ]
      },
      "timestamp": 2
    }
    """

  @Test(
    "events are found in every style",
    arguments: [
      "A\nB", "A\nB\n", "A\r\nB\r\n", "A B", "\n\nA\n\n\nB\n \t", "A\tB", "[A,B]", " [ A , B ] \n", "[\nA,\nB\n]\n",
      "\u{FEFF}A\nB",
      "\u{FEFF}[A,B]",
    ])
  func styles(style: String) throws {
    for second in [Self.second, Self.pretty] {
      let text = style.replacing("A", with: Self.first).replacing("B", with: second)
      let batch = try scan(text)
      #expect(batch.texts(of: Array(text.utf8)) == [Array(Self.first.utf8), Array(second.utf8)])
      #expect(batch.events.map(\.kind.name) == ["domContentLoaded", "mouseMove"])
      #expect(batch.events.map { $0.flags.contains(.hasLineBreaks) } == [false, second == Self.pretty])
    }
  }

  @Test(
    "only bytes that can be stored as they are are canonical",
    arguments: [
      ("A\nB", true), ("A\nB\n", true), ("A", true), ("A\n", true), ("A\nP\n", false), ("A\nB\n\n", false),
      ("A\r\nB", false),
      ("A B", false), (" A\nB", false), ("A \nB", false), ("A\n\nB", false), ("[A,B]", false), ("\u{FEFF}A\nB", false),
      ("A\nB ", false),
    ])
  func isCanonical(style: String, expected: Bool) throws {
    let text = style.replacing("A", with: Self.first).replacing("B", with: Self.second).replacing(
      "P", with: Self.pretty)
    #expect(try scan(text).isCanonical == expected)
    let stored = try canonical(text)
    #expect(try scan(stored).isCanonical)
    if expected { #expect(stored == text || stored == text + "\n") }
  }

  @Test("the canonical form keeps all but line breaks between tokens")
  func canonicalForm() throws {
    let flat = Self.pretty.replacing("\r\n", with: "  ").replacing("\n", with: " ")
    #expect(try canonical("[ \(Self.pretty) ,\n\(Self.first)]") == flat + "\n" + Self.first + "\n")
    var output: [UInt8] = [1, 2]
    let bytes = Array("\(Self.first)\n\(Self.second)".utf8)
    BatchScanner.appendCanonical(try scan(bytes), from: unsafe bytes.span.bytes, to: &output)
    #expect(output == [1, 2] + bytes + [10])
  }

  @Test("escapes, quotes and brackets are told apart wherever they fall in a block", arguments: 0...130)
  func boundaries(padding: Int) throws {
    let pad = String(repeating: "p", count: padding)
    let tricky = [
      #"\\"#, #"\""#, #"\\\""#, #"\\\\"#, #"\"}]"#, #"{[\\\\\""#, #"\u005c"#, #"x\\\\\\\\\\\\\\\\\""#, "}", "]",
      #"\"\"\"\""#,
      String(repeating: #"\\"#, count: 70), String(repeating: #"\""#, count: 70), "\u{7F}é😀",
    ]
    for text in tricky {
      let values = [
        #"{"type":3,"data":{"source":1,"a":["\#(pad)\#(text)",{"\#(text)":"\#(pad)"}]},"timestamp":5}"#,
        #"{"type":3,"data":{"t":"\#(pad)\#(text)","source":1},"\#(text)\#(pad)":1,"timestamp":5}"#,
        #"{"type":3,"\#(pad)":["\#(text)"],"b":[[],{},"\#(text)"],"data":{"source":1},"timestamp":5}"#,
      ]
      let batch = try scan(values.joined(separator: "\n"))
      #expect(batch.isCanonical && batch.events.map(\.length) == values.map(\.utf8.count))
      #expect(batch.events.allSatisfy { $0.kind.name == "mouseMove" && $0.timestamp == 5 && $0.flags == [] })
    }
  }

  @Test("what is wrong is found wherever it falls in a block", arguments: 0...130)
  func faults(padding: Int) {
    let pad = String(repeating: "p", count: padding)
    let head = #"{"type":3,"a":["\#(pad)"#
    let end = head.utf8.count
    for (tail, reason, offset) in [
      ("\u{1}\"]}", .controlCharacter, 0), ("\",\u{2}]}", .controlCharacter, 2), ("\"}}", .mismatchedBracket, 1),
      ("\"],\"b\":{\"c\":0]}", .mismatchedBracket, 13), ("\\\\\\\"", .truncated, 4), ("\",\\]", .notJSON, 2),
      ("\",[", .truncated, 3),
    ] as [(String, ScanError.Reason, Int)] {
      #expect(refusal(head + tail) == ScanError(ordinal: 0, byteOffset: end + offset, reason: reason), "\(tail)")
    }
  }
}
