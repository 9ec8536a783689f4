import Foundation
import SegmentEngine
import Testing

@Suite("engine-tool policy")
struct PolicyCommandTests {
  private static let full = #"""
    {"version": 1, "recentHours": 1.5, "salt": "x", "rules": [
      {"name": "a", "when": {"errors": {"atLeast": 1}, "durationSeconds": {"below": 5}, "activeSeconds": {"below": 4},
        "events": {"atLeast": 2, "below": 10}, "rawBytes": {"atLeast": 1000}, "url": ["https://x/*", "*/pay"],
        "tags": {"plan": "pro", "ticket": null}, "tagged": true, "project": ["shop", "docs"], "state": "finished"},
       "keep": 0.25, "retentionDays": 90},
      {"name": "b", "when": {}, "keep": 1, "retentionDays": "forever"}],
     "default": {"keep": 0.1}, "budgetBytes": "50 GB", "projectBudgets": {"shop": "5 GiB"}, "freeBytes": 0}
    """#

  @Test("Show prints a document that set reads back equal, from a file, from standard input, for every preset")
  func roundTrip() async throws {
    try await ToolProcess.inFolder { tool in
      try await ReplayStore.open(tool.file("store").path).close()
      let unset = try tool.expect(0, "policy show store").text
      #expect(unset.hasPrefix("{\n  \"version\": 1,\n") && unset.hasSuffix("}\n") && !unset.hasSuffix("\n\n"))
      try tool.expect(0, "policy set store --preset keep-all")
      #expect(try tool.expect(0, "policy show store").text == unset)
      for preset in Policy.presetNames {
        try tool.expect(0, "policy set store --preset \(preset)")
        let shown = try tool.expect(0, "policy show store").text
        #expect(try Policy(json: Array(shown.utf8)) == Policy.preset(preset))
        try tool.write(shown, to: "shown.json")
        try tool.expect(0, "policy set store shown.json")
        #expect(try tool.expect(0, "policy show store").text == shown)
      }
      #expect(Policy.presetNames == ["keep-all", "sampled", "errors-only"])
      let set = try tool.run(["policy", "set", "store", "-", "--json"], input: Self.full).object()
      #expect(set["schema"] as? Int == 1)
      #expect(Set(set.keys) == ["schema", "packsMoved", "bytesMoved", "packsDue", "packsLeft", "packsRewritten"])
      let shown = try tool.expect(0, "policy show store").text
      #expect(try Policy(json: Array(shown.utf8)) == Policy(json: Array(Self.full.utf8)))
      #expect(shown.contains("\"budgetBytes\": 50000000000") && shown.contains("\"shop\": 5368709120"))
      #expect(try tool.run(["policy", "set", "store", "-"], input: shown).status == 0)
      #expect(try tool.expect(0, "policy show store").text == shown)
    }
  }

  @Test("A bad policy is refused with the path of the field and what is expected, and the one in force stays")
  func refusals() async throws {
    try await ToolProcess.inFolder { tool in
      try await ReplayStore.open(tool.file("store").path).close()
      try tool.expect(0, "policy set store --preset sampled")
      let inForce = try tool.run("policy", "show", "store").text
      let bad: [(document: String, message: String)] = [
        (
          #"{"version":1,"rules":[{"name":"a","when":{},"keep":1.4}]}"#,
          "rules[0].keep: 1.4 was given, a number from 0 to 1 is expected"
        ),
        (#"{"version":1,"rules":[{"when":{},"keep":1}]}"#, "rules[0].name: it is missing"),
        (#"{"version":1,"rules":[{"name":"a","keep":1}]}"#, "rules[0].when: it is missing"),
        (
          #"{"version":1,"rules":[{"name":"a","when":{"errors":{"atLeast":-1}},"keep":1}]}"#,
          "rules[0].when.errors.atLeast: "
        ),
        (
          #"{"version":1,"rules":[{"name":"a","when":{"tags":{"my key":3}},"keep":1}]}"#,
          #"rules[0].when.tags["my key"]: 3 was given"#
        ),
        (#"{"version":1,"rules":[{"name":"a","when":{"state":"over"},"keep":1}]}"#, "rules[0].when.state: "),
        (#"{"version":1,"rules":[{"name":"(pinned)","when":{},"keep":1}]}"#, "rules[0].name: "),
        (#"{"version":1,"default":{"keep":1,"retentionDays":0}}"#, "default.retentionDays: 0 was given"),
        (#"{"version":1,"budgetByte":1}"#, "budgetByte: this field is unknown; did you mean budgetBytes?"),
        (#"{"version":1,"projectBudgets":{"shop":"5 gb"}}"#, "projectBudgets.shop: "),
        (#"{"version":2}"#, "version: 2 was given: the document is for a newer engine"),
        (#"{"rules":[]}"#, "version: it is missing"),
        ("{\"version\":1,\n \"rules\":x}", "not JSON at byte 23 (line 2, column 10)"),
      ]
      for (document, message) in bad {
        try tool.write(document, to: "bad.json")
        for command in ["set", "test"] {
          let result = try tool.expect(64, "policy \(command) store bad.json")
          #expect(result.errors.hasPrefix("engine-tool: bad.json: \(message)"), "\(result.errors)")
          #expect(result.output.isEmpty)
        }
        let piped = try tool.run(["policy", "set", "store", "-"], input: document)
        #expect(piped.status == 64 && piped.errors.hasPrefix("engine-tool: standard input: \(message)"))
      }
      let preset = try tool.expect(64, "policy set store --preset sample")
      #expect(preset.errors.contains("did you mean sampled? Known are keep-all, sampled, errors-only"))
      for arguments in ["policy set store", "policy set store bad.json --preset sampled", "policy bogus store"] {
        try tool.expect(64, arguments)
      }
      for arguments in ["policy set store none.json", "policy show none", "policy test none"] {
        try tool.expect(3, arguments)
      }
      #expect(try tool.run("policy", "show", "store").text == inForce)
    }
  }

  @Test("Test says by rule what would stay, what that estimates and how much it saves, and changes nothing")
  func trial() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ShopSessions.names(12), errors: 3)
      try tool.expect(0, "pin store s-05")
      let before = try tool.content(of: "store")
      let object = try tool.run(["policy", "test", "store", "-", "--json"], input: ShopSessions.errorsAlone).object()
      #expect(object["schema"] as? Int == 1 && object["pinned"] as? Int == 1)
      let rules = try #require(object["rules"] as? [[String: Any]])
      #expect(rules.map { $0["rule"] as? String } == ["broken", "default"])
      #expect(rules.map { $0["keep"] as? Double } == [1, 0])
      #expect(rules.map { $0["retentionDays"] as? Int } == [90, 30])
      func sums(_ place: Int, _ name: String) throws -> [String: Double] {
        try #require(rules[place][name] as? [String: Double])
      }
      #expect(try Set(sums(0, "all").keys) == ["sessions", "events", "clicks", "errors", "rawBytes", "storedBytes"])
      #expect(try sums(0, "all") == sums(0, "kept") && sums(0, "kept") == sums(0, "estimated"))
      #expect(try sums(0, "all")["sessions"] == 3 && sums(0, "all")["clicks"] == 3 && sums(0, "all")["errors"] == 3)
      #expect(try sums(1, "all")["sessions"] == 9 && sums(1, "kept")["sessions"] == 1)
      #expect(try sums(0, "standardError").values.allSatisfy { $0 == 0 })
      let text = try tool.run(["policy", "test", "store", "-"], input: ShopSessions.errorsAlone).text
      #expect(text.hasPrefix("rule ") && text.contains("\n4 of 12 sessions would stay, "))
      #expect(text.hasSuffix("\n1 session pinned and kept in any case\n"))
      // With none given it is the one in force, which keeps all.
      #expect(try tool.expect(0, "policy test store").text.contains("\n12 of 12 sessions would stay, "))
      #expect(try tool.content(of: "store") == before)
    }
  }

  @Test("A sampled share estimates the whole within a few standard errors")
  func estimate() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ShopSessions.names(40))
      // The salt makes the draw the same in every run.
      let policy = #"{"version":1,"default":{"keep":0.5},"salt":"the same in every run"}"#
      let object = try tool.run(["policy", "test", "store", "-", "--json"], input: policy).object()
      let row = try #require((object["rules"] as? [[String: Any]])?.first)
      func number(_ sums: String, _ name: String) throws -> Double {
        try #require((row[sums] as? [String: Double])?[name])
      }
      for name in ["sessions", "clicks"] {
        #expect(try number("all", name) == 40)
        #expect(try number("estimated", name) == 2 * number("kept", name))
        let error = try number("standardError", name)
        #expect(error > 0)
        #expect(try abs(number("estimated", name) - 40) <= 4 * error)
      }
      // What it says is what becomes of it.
      #expect(try tool.run(["policy", "set", "store", "-"], input: policy).status == 0)
      try tool.decide()
      #expect(try Double(tool.sessions().count) == number("kept", "sessions"))
    }
  }

  @Test("A new policy moves the day of packs of rules it still has, says so, and decides nothing again")
  func change() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ShopSessions.names(4), errors: 2)
      func set(_ rules: String, _ rest: String) throws -> ToolProcess.Result {
        let document = #"{"version":1,"rules":[\#(rules)],"default":{"keep":1,"retentionDays":\#(rest)}}"#
        let result = try tool.run(["policy", "set", "store", "-"], input: document)
        try #require(result.status == 0, "\(result.errors)")
        return result
      }
      func days(_ session: String) throws -> Double? {
        let shown = try tool.run("show", "store", session, "--json").object()
        let received = try #require(shown["lastReceivedMs"] as? Double)
        return (shown["expiresMs"] as? Double).map { ($0 - received) / 86_400_000 }
      }
      let broken = #"{"name":"broken","when":{"errors":{"atLeast":1}},"keep":1,"retentionDays":90}"#
      #expect(try set(broken, "30").text == "the policy is in force; nothing has to be rewritten\n")
      try tool.decide()
      // At least so many days, and less than one more.
      for (session, least) in [("s-00", 90.0), ("s-03", 30.0)] {
        let days = try #require(try days(session))
        #expect(days >= least && days < least + 1)
      }
      let moved = try set(broken, "60").text
      #expect(moved.contains("1 pack of ") && moved.contains(" expire on another day\n"))
      #expect(try days("s-03").map { Int($0) } == 60 && days("s-00").map { Int($0) } == 90)
      _ = try set(broken, "\"forever\"")
      #expect(try days("s-03") == nil)
      #expect(try tool.run("show", "store", "s-03").text.contains("kept by rule default at 100.0%, never expires"))
      // The rule is gone: its packs keep their day.
      #expect(try set("", "30").text.contains("1 pack of rules it does not have keep"))
      #expect(try days("s-00").map { Int($0) } == 90)
      #expect(try tool.sessions().count == 4)
    }
  }
  @Test("The example in OPERATING.md is a policy")
  func example() async throws {
    try await ToolProcess.inFolder { tool in
      try await ReplayStore.open(tool.file("store").path).close()
      let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
      let page = try String(contentsOf: root.appendingPathComponent("OPERATING.md"), encoding: .utf8)
      let start = try #require(page.range(of: "\n```json\n"))
      let end = try #require(page[start.upperBound...].range(of: "\n```\n"))
      let example = String(page[start.upperBound..<end.lowerBound])
      let result = try tool.run(["policy", "set", "store", "-"], input: example)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try tool.run("policy", "show", "store").text.contains("\"budgetBytes\": 200000000000"))
      // Every field has its row.
      for name in [
        "version", "recentHours", "rules", "rules[].name", "rules[].when", "rules[].keep", "rules[].retentionDays",
        "default", "budgetBytes", "projectBudgets", "freeBytes", "salt", "errors", "durationSeconds", "activeSeconds",
        "events", "rawBytes", "url", "tags", "tagged", "project", "state",
      ] {
        #expect(page.contains("| `\(name)`") || page.contains("`, `\(name)` |"), "\(name)")
      }
      for preset in Policy.presetNames { #expect(page.contains("| `\(preset)` |")) }
    }
  }
}
