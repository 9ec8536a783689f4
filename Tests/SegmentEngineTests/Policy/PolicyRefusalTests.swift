import SegmentEngine
import Testing

@Suite("A policy that is not what it should be is refused, with the path of the field and what is expected")
struct PolicyRefusalTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    var document: String
    /// What the message must begin with, and what else it must speak of.
    var says: [String]
    var testDescription: String { String(document.prefix(80)) }

    init(_ document: String, _ says: String...) {
      self.document = document
      self.says = says
    }

    /// A document with one rule.
    static func rule(_ rule: String, _ says: String...) -> Refusal {
      var refusal = Refusal(#"{"version": 1, "rules": [\#(rule)]}"#)
      refusal.says = says
      return refusal
    }

    /// A document with one condition.
    static func when(_ when: String, _ says: String...) -> Refusal {
      var refusal = rule(#"{"name": "r", "when": {\#(when)}, "keep": 1}"#)
      refusal.says = says
      return refusal
    }

    /// A document with one more field.
    static func with(_ field: String, _ says: String...) -> Refusal {
      var refusal = Refusal(#"{"version": 1, \#(field)}"#)
      refusal.says = says
      return refusal
    }
  }

  private static let longName = String(repeating: "n", count: 70)
  private static let manyRules = (0...100).map { #"{"name": "\#($0)", "when": {}, "keep": 1}"# }.joined(separator: ",")

  private static let documents: [Refusal] = [
    .init("[]", "the document: an array was given, an object is expected"),
    .init("{}", "version: it is missing, 1 is expected"),
    .init(#"{"rules": []}"#, "version: it is missing"),
    .init(#"{"version": 0}"#, "version: 0 was given, 1 is expected"),
    .init(#"{"version": 1.5}"#, "version: 1.5 was given, 1 is expected"),
    .init(#"{"version": "1"}"#, #"version: "1" was given, 1 is expected"#),
    .init(#"{"version": null}"#, "version: null was given, 1 is expected"),
    .init(
      #"{"news": {}, "version": 2}"#, "version: 2 was given: the document is for a newer engine", "reads version 1"),
    .init(#"{"version": 1, "version": 1}"#, "version: it is given twice"),
    .with(#""rulez": []"#, "rulez: this field is unknown; did you mean rules? Known are version, recentHours"),
    .with(#""x": 1"#, "x: this field is unknown; known are version"),
    .with(#""a b\n": 1"#, #"["a b\u000a"]: this field is unknown"#),
    .with(#""recentHours": -1"#, "recentHours: -1 was given, a number from 0 to 876000 is expected"),
    .with(#""recentHours": 1e999"#, "recentHours: 1e999 was given"),
    .with(#""recentHours": null"#, "recentHours: null was given"),
    .with(#""salt": """#, #"salt: "" was given, a salt of 1 to 256 bytes"#),
    .with(#""salt": "a\u0000""#, #"salt: "a\u0000" was given, a salt of 1 to 256 bytes without control characters"#),
    .with(#""rules": {}"#, "rules: an object was given, an array of rules is expected"),
    .with(#""rules": [\#(manyRules)]"#, "rules: 101 rules were given, at most 100 are expected"),
    .with(#""default": 0.1"#, "default: 0.1 was given, an object is expected"),
    .with(#""default": {}"#, "default.keep: it is missing, a number from 0 to 1 is expected"),
    .with(
      #""default": {"keep": 1, "name": "x"}"#, "default.name: this field is unknown; known are keep, retentionDays"),
    .with(#""budgetBytes": 0"#, "budgetBytes: 0 was given, a whole number of bytes of at least 1", #""20 GiB""#),
    .with(#""budgetBytes": 1.5"#, "budgetBytes: 1.5 was given"),
    .with(#""budgetBytes": 18446744073709551616"#, "budgetBytes: 18446744073709551616 was given"),
    .with(#""budgetBytes": "50 gigs""#, #"budgetBytes: "50 gigs" was given"#),
    .with(#""freeBytes": -1"#, "freeBytes: -1 was given, a whole number of bytes of at least 0"),
    .with(#""projectBudgets": []"#, "projectBudgets: an array was given, an object is expected"),
    .with(#""projectBudgets": {"": 1}"#, #"projectBudgets: "" was given, a project of 1 to 128 bytes"#),
    .with(#""projectBudgets": {"my shop": 0}"#, #"projectBudgets["my shop"]: 0 was given"#),
    .with("\"projectBudgets\": {\"\u{E9}\": 1, \"e\u{301}\": 2}", "projectBudgets[\"e\u{301}\"]: it is given twice"),
  ]

  private static let rules: [Refusal] = [
    .rule("1", "rules[0]: 1 was given, an object is expected"),
    .rule("{}", "rules[0].name: it is missing"),
    .rule(#"{"name": "r"}"#, "rules[0].when: it is missing, an object ({} for all sessions) is expected"),
    .rule(#"{"name": "r", "when": {}}"#, "rules[0].keep: it is missing, a number from 0 to 1 is expected"),
    .rule(#"{"name": ""}"#, #"rules[0].name: "" was given, a name of 1 to 63 bytes without control characters"#),
    .rule(#"{"name": "\#(longName)"}"#, "rules[0].name: \"nnnn", "…\" (70 bytes)", "a name of 1 to 63 bytes"),
    .rule(#"{"name": "a\tb"}"#, #"rules[0].name: "a\u0009b" was given"#),
    .rule(#"{"name": "a\u007f"}"#, #"rules[0].name: "a\u007f" was given"#),
    .rule(#"{"name": 5}"#, "rules[0].name: 5 was given"),
    .rule(#"{"name": "default"}"#, #"rules[0].name: "default" was given, another name"#),
    .rule(
      #"{"name": "r", "when": {}, "keep": 1}, {"name": "s", "when": {}, "keep": 1}, {"name": "r", "keep": 5}"#,
      #"rules[2].name: "r" was given, a name other than that of rules[0] is expected"#),
    .rule(#"{"Keep": 1}"#, "rules[0].Keep: this field is unknown; did you mean keep?"),
    .rule(#"{"keep": 1.4}"#, "rules[0].keep: 1.4 was given, a number from 0 to 1 is expected"),
    .rule(#"{"keep": -0.1}"#, "rules[0].keep: -0.1 was given"),
    .rule(#"{"keep": "10 %"}"#, #"rules[0].keep: "10 %" was given"#),
    .rule(#"{"keep": true}"#, "rules[0].keep: true was given"),
    .rule(#"{"keep": 1, "name": "r", "keep": 1}"#, "rules[0].keep: it is given twice"),
    .rule(#"{"k\u0065ep": 1, "keep": 1}"#, "rules[0].keep: it is given twice"),
    .rule(
      #"{"retentionDays": 0}"#,
      #"rules[0].retentionDays: 0 was given, a whole number from 1 to 36500 or "forever" is expected"#),
    .rule(#"{"retentionDays": 36501}"#, "rules[0].retentionDays: 36501 was given"),
    .rule(#"{"retentionDays": 1.5}"#, "rules[0].retentionDays: 1.5 was given"),
    .rule(#"{"retentionDays": "never"}"#, #"rules[0].retentionDays: "never" was given"#),
    .rule(#"{"when": []}"#, "rules[0].when: an array was given, an object is expected"),
    // Of several faults the first in the document is told, whatever the order of the fields in the schema.
    .rule(#"{"keep": 2, "name": ""}"#, "rules[0].keep: 2 was given"),
    .rule(#"{"name": "", "keep": 2}"#, #"rules[0].name: "" was given"#),
    .rule(#"{"name": "r", "when": {"x": 1}, "y": 2}"#, "rules[0].when.x: this field is unknown"),
    .rule(#"{"name": "r", "y": 1, "when": {"x": 1}}"#, "rules[0].y: this field is unknown"),
    .rule(#"{"name": "r", "when": {}}, {"name": ""}"#, "rules[0].keep: it is missing"),
  ]

  private static let conditions: [Refusal] = [
    .when(#""error": {"atLeast": 1}"#, "rules[0].when.error: this field is unknown; did you mean errors?"),
    .when(#""errors": 1"#, "rules[0].when.errors: 1 was given, an object is expected"),
    .when(#""errors": {}"#, #"rules[0].when.errors: an empty object was given, "atLeast" or "below" or both"#),
    .when(#""errors": {"atleast": 1}"#, "rules[0].when.errors.atleast: this field is unknown; did you mean atLeast?"),
    .when(#""events": {"atLeast": -1}"#, "rules[0].when.events.atLeast: -1 was given, a number of at least 0"),
    .when(#""events": {"below": 0}"#, "rules[0].when.events.below: 0 was given, a number above 0 is expected"),
    .when(#""events": {"below": 5, "atLeast": 5}"#, "rules[0].when.events.below: 5 was given, a number above 5"),
    .when(#""events": {"atLeast": 1e400}"#, "rules[0].when.events.atLeast: 1e400 was given"),
    .when(#""url": []"#, "rules[0].when.url: an empty array was given, a glob at least is expected"),
    .when(#""url": ["*", 5]"#, "rules[0].when.url[1]: 5 was given, a glob of 1 to 2048 bytes"),
    .when(#""url": "\#(String(repeating: "u", count: 2_049))""#, "rules[0].when.url: \"uuu", "(2049 bytes) was given"),
    .when(
      #""url": [\#(Array(repeating: #""*""#, count: 101).joined(separator: ","))]"#,
      "rules[0].when.url: 101 names were given, at most 100"),
    .when(#""tags": {}"#, "rules[0].when.tags: an empty object was given"),
    .when(
      #""tags": {"a": 1}"#, "rules[0].when.tags.a: 1 was given, null (the key alone), or a value of 0 to 1024 bytes"),
    .when(#""tags": {"my key": "\u0001"}"#, #"rules[0].when.tags["my key"]: "\u0001" was given"#),
    .when(#""tags": {"\#(longName)": null}"#, "rules[0].when.tags: \"nnn", "a tag key of 1 to 64 bytes"),
    .when(#""tags": {"a": null, "a": "x"}"#, "rules[0].when.tags.a: it is given twice"),
    .when(
      #""tags": {\#((0...64).map { #""t\#($0)": null"# }.joined(separator: ","))}"#,
      "rules[0].when.tags: 65 tags were given, at most 64"),
    .when(#""tagged": 1"#, "rules[0].when.tagged: 1 was given, true or false is expected"),
    .when(#""project": ["shop", ""]"#, #"rules[0].when.project[1]: "" was given, a project of 1 to 128 bytes"#),
    .when(#""project": [["shop"]]"#, "rules[0].when.project[0]: an array was given"),
    .when(#""state": "over""#, #"rules[0].when.state: "over" was given, "finished" or "abandoned" is expected"#),
    .when(#""state": true"#, "rules[0].when.state: true was given"),
  ]

  @Test("A field is told by its path", arguments: documents + rules + conditions)
  func refused(_ refusal: Refusal) throws {
    let error = try #require(throws: StoreError.self) { try Policy(json: Array(refusal.document.utf8)) }
    #expect(error.code == .invalidPolicy)
    #expect(error.location?.offset != nil)
    #expect(error.message.hasPrefix(refusal.says[0]), "\(error.message)")
    for part in refusal.says { #expect(error.message.contains(part), "\(error.message)") }
  }

  @Test("The location is the byte of the field")
  func location() throws {
    let document = #"{"version": 1, "rules": [{"name": "r", "keep": 7}]}"#
    let error = try #require(throws: StoreError.self) { try Policy(json: Array(document.utf8)) }
    let rest = document.utf8.dropFirst(Int(error.location?.offset ?? 0))
    #expect(String(Substring(rest)) == #""keep": 7}]}"#)
  }

  @Test("A policy made in code is checked with the same words")
  func madeInCode() throws {
    func message(_ change: (inout Policy) -> Void) throws -> String {
      var policy = Policy.sampled
      change(&policy)
      return try #require(throws: StoreError.self) { try policy.check() }.message
    }
    try Policy.sampled.check()
    #expect(try message { $0.rules[1].keep = 2 }.hasPrefix("rules[1].keep: 2 was given"))
    #expect(try message { $0.rules[1].keep = .nan }.hasPrefix("rules[1].keep: null was given"))
    #expect(try message { $0.otherwise.keep = -.infinity }.hasPrefix("default.keep: null was given"))
    #expect(try message { $0.otherwise.retention = .days(.min) }.hasPrefix("default.retentionDays: -9223"))
    #expect(try message { $0.rules[0].name = "tagged" }.hasPrefix("rules[1].name"))
    #expect(try message { $0.rules[0].when.errors = .init() }.hasPrefix("rules[0].when.errors: an empty object"))
    #expect(try message { $0.recentHours = .infinity }.hasPrefix("recentHours: null"))
    #expect(try message { $0.salt = "\u{1}" }.hasPrefix(#"salt: "\u0001" was given"#))
    #expect(try message { $0.projectBudgets = ["a\n": 1] }.hasPrefix(#"projectBudgets: "a\u000a" was given"#))
  }
}
