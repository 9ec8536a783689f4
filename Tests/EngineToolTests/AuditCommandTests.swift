import Foundation
import Testing

@Suite("audit")
struct AuditCommandTests {
  /// Rows as `page | path | place | kind`, with their counts.
  private func rows(_ result: ToolProcess.Result) throws -> [String: Int] {
    var rows: [String: Int] = [:]
    for row in try result.objects().dropLast() {
      let cells = try ["page", "path", "place", "kind"].map { try #require(row[$0] as? String) }
      rows[cells.joined(separator: " | ")] = try #require(row["occurrences"] as? Int)
      #expect(row["schema"] as? Int == 1)
    }
    return rows
  }

  private func importPlanted(_ tool: ToolProcess, _ names: [String] = ["s-1"]) throws {
    for name in names { try tool.write(Recording.text(AuditPlanted.lines), to: "\(name).ndjson") }
    try #require(try tool.run(["import", "store"] + names.map { "\($0).ndjson" }).status == 0)
  }

  @Test("finds what was planted, each at its page and place, and nothing else")
  func planted() async throws {
    try await ToolProcess.inFolder { tool in
      try importPlanted(tool)
      let result = try tool.run("audit", "store", "--json")
      #expect(result.status == 1 && result.errors.isEmpty)
      let profile = "https://shop.test/users/*/profile"
      let expected = [
        // The address in its path, and the one in its query.
        "\(profile) |  | url | email": 2,
        "\(profile) | html > body.page > div.card | text | email": 1,
        "\(profile) | html > body.page > div.card > img | attribute alt | email": 1,
        "\(profile) | html > body.page > div.card > img | attribute title | email": 1,
        "\(profile) | html > body.page > div.card > a | attribute href | email": 1,
        "\(profile) | html > body.page > div.card > (comment) | text | email": 1,
        "\(profile) | html > body.page > form#login > input[name=email] | input | email": 1,
        "\(profile) | html > body.page > form#login > input[name=user[mail]] | input | email": 1,
        "\(profile) | html > body.page > form#login > input#card-number | input | card": 1,
        "\(profile) | html > body.page > ul | text | email": 1,
        "\(profile) | body.page > ul > iframe > html | text | email": 1,
        "\(profile) | html > body.page > p.note | text | email": 1,
        "\(profile) | commands[].args[] | canvas | email": 1,
        "\(profile) | rrweb/console@1: payload.payload[] | console | email": 1,
        "\(profile) | rrweb/console@1: payload.payload[].card | console | card": 1,
        "\(profile) | rrweb/network@1: payload.requests[].requestHeaders.Authorization | network | bearer": 1,
        "\(profile) | rrweb/network@1: requests[].requestBody.user.mail | network | email": 1,
        "\(profile) | identify: payload.user.email | custom | email": 1,
        "\(profile) | identify: payload.by.* | custom | email": 1,
        "https://shop.test/pay |  | url | jwt": 1,
      ]
      let found = try rows(result)
      for (row, count) in expected { #expect(found[row] == count, "\(row)") }
      #expect(Set(found.keys) == Set(expected.keys))
      let last = try #require(try result.objects().last)
      #expect(last["findings"] as? Int == 21 && last["rows"] as? Int == 20)
      #expect(last["sessions"] as? Int == 1 && last["events"] as? Int == AuditPlanted.lines.count)
      #expect(last["rawBytes"] as? Int == Recording.text(AuditPlanted.lines).utf8.count)
      #expect(last["packedEvents"] as? Int == 0 && last["unreadableEvents"] as? Int == 0)
    }
  }

  @Test("prints no value anywhere, and examples masked")
  func values() async throws {
    try await ToolProcess.inFolder { tool in
      try importPlanted(tool)
      for options in [[], ["--json"], ["--kind", "card"], ["--verbose"], ["--all", "--json"]] {
        let result = try tool.run(["audit", "store"] + options)
        #expect(result.status == 1)
        for value in AuditPlanted.values {
          for form in [value, value.replacingOccurrences(of: "@", with: "%40"), String(value.prefix(12))] {
            #expect(!result.text.contains(form) && !result.errors.contains(form), "\(form)")
          }
        }
      }
      let text = try tool.run("audit", "store").text
      for part in ["j***@e***.com", "**** **** **** 1111", "Bearer 01***", "ey***", "21 findings at 20 places"] {
        #expect(text.contains(part), "\(part)")
      }
      #expect(text.hasPrefix("page "))
    }
  }

  @Test("looks for the kinds asked for, and leaves out what is ignored")
  func chosen() async throws {
    try await ToolProcess.inFolder { tool in
      try importPlanted(tool)
      func kinds(_ options: String...) throws -> Set<String> {
        let rows = try tool.run(["audit", "store", "--json"] + options).objects().dropLast()
        return Set(rows.compactMap { $0["kind"] as? String })
      }
      #expect(try kinds() == ["email", "card", "bearer", "jwt"])
      #expect(try kinds("--kind", "card,jwt") == ["card", "jwt"])
      let some = try rows(
        tool.run(
          "audit", "store", "--json", "--ignore", "*form#login*", "--ignore", "identify*", "--kind", "email",
          "--ignore-value-domain", "example.com"))
      #expect(some.keys.sorted().map { $0.split(separator: " | ").last } == ["email"])
      #expect(some.keys.allSatisfy { $0.contains("attribute alt") })
      let none = try tool.run(
        "audit", "store", "--kind", "email", "--ignore-value-domain", "com", "--ignore-value-domain", "example.org",
        "--ignore-value-domain", "example.net")
      #expect(none.status == 0 && none.text.hasPrefix("nothing found: looked at 1 session, "))
      let quiet = try tool.run("audit", "store", "--json", "--ignore", "*")
      #expect(quiet.status == 0)
      #expect(try quiet.object()["findings"] as? Int == 0)
    }
  }

  @Test("counts occurrences and sessions, and looks at those asked for")
  func sessions() async throws {
    try await ToolProcess.inFolder { tool in
      let names = (0..<7).map { "s-\($0)" }
      try importPlanted(tool, names)
      let clean = #"{"type":4,"data":{"href":"https://shop.test/","width":8,"height":6},"timestamp":1796000000000}"#
      try tool.write(clean + "\n", to: "clean.ndjson")
      try #require(try tool.run("import", "store", "clean.ndjson", "--project", "other").status == 0)
      func summary(_ options: String...) throws -> [String: Any] {
        try #require(try tool.run(["audit", "store", "--json"] + options).objects().last)
      }
      let all = try tool.run("audit", "store", "--json")
      let first = try #require(try all.objects().first)
      #expect(first["occurrences"] as? Int == 14 && first["sessions"] as? Int == 7)
      #expect(try summary()["sessions"] as? Int == 8)
      #expect(try summary("--all")["sessions"] as? Int == 8)
      #expect(try summary("--project", "other")["sessions"] as? Int == 1)
      #expect(try summary("--sample", "3")["sessions"] as? Int == 3)
      #expect(try tool.run("audit", "store", "--sample", "3").text == tool.run("audit", "store", "--sample", "3").text)
      #expect(try summary("--session", "s-1", "--session", "s-2", "--session", "s-1")["sessions"] as? Int == 2)
      #expect(try tool.run("audit", "store", "--project", "other").status == 0)
      #expect(try tool.run("audit", "store", "--session", "clean").status == 0)
      #expect(try tool.run("audit", "store", "--session", "s-1").status == 1)
    }
  }

  @Test("says by its exit status what happened")
  func statuses() async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool).status == 0)
      let clean = try tool.run("audit", "store")
      #expect(clean.status == 0 && clean.errors.isEmpty)
      #expect(clean.text.contains("1 event is of no type known here"))
      for (arguments, status) in [
        ("nowhere", 3), ("store --session nope", 3), ("store --session hand-1 --project other", 3),
        ("store --sample 0", 64),
        ("store --kind phone", 64), ("store --kind email,", 64), ("store --all --sample 3", 64),
        ("store --all --session hand-1", 64), ("", 64),
      ] {
        let result = try tool.run(["audit"] + arguments.split(separator: " ").map(String.init))
        #expect(result.status == status, "\(arguments): \(result.errors)")
        #expect(result.errors.hasPrefix("engine-tool: ") && result.output.isEmpty, "\(arguments)")
      }
    }
  }

  @Test("tells of what the recorder compressed, since it cannot be looked into")
  func packed() async throws {
    try await ToolProcess.inFolder { tool in
      let lines = [
        #""x\u009c\u00abV*\u00a9,HU\u00b22\u00d6QJI,IT\u00b2\u00aa\u00ae\u0005\u00002b\u0005\u00e4""#,
        #"{"type":2,"data":"\u001f\u008b\b","timestamp":1795000000001,"cv":"2024-10"}"#,
      ]
      try tool.write(Recording.text(Recording.first + lines), to: "p.ndjson")
      try #require(try tool.run("import", "store", "p.ndjson").status == 0)
      let result = try tool.run("audit", "store")
      #expect(result.status == 0)
      #expect(result.text.contains("\n2 events were compressed by the recorder and could not be looked into\n"))
      #expect(try tool.run("audit", "store", "--json").object()["packedEvents"] as? Int == 2)
    }
  }

  @Test("names a session that is damaged, and goes on with the others")
  func damage() async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool).status == 0)
      try tool.write(Packed.text, to: "whole.ndjson")
      try #require(try tool.run("import", "store", "whole.ndjson").status == 0)
      try #require(try tool.run("flush", "store").status == 0)
      let block = try #require(try tool.run("ranges", "store", "hand-1", "--json").objects().first)
      let url = tool.file("store/\(try #require(block["file"] as? String))")
      var bytes = try Data(contentsOf: url)
      bytes[try #require(block["offsetBytes"] as? Int) + 20] ^= 1
      try bytes.write(to: url)
      let result = try tool.run("audit", "store", "--json")
      #expect(result.status == 1)
      #expect(result.errors.hasPrefix("engine-tool: session default/hand-1: "))
      let summary = try result.object()
      #expect(summary["damagedSessions"] as? Int == 1 && summary["sessions"] as? Int == 2)
      #expect(summary["findings"] as? Int == 0)
    }
  }
}
