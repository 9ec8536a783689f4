import Foundation
import Testing

@Suite("engine-tool compact, expire, pin and tag under a policy")
struct RetentionCommandTests {
  private func set(_ tool: ToolProcess, _ document: String) throws {
    let result = try tool.run(["policy", "set", "store", "-"], input: document)
    try #require(result.status == 0, "\(result.errors)")
  }

  private func plan(_ result: ToolProcess.Result) throws -> [[String: Any]] {
    let object = try result.object()
    #expect(object["schema"] as? Int == 1 && object["isDryRun"] as? Bool == true)
    return try #require(object["plan"] as? [[String: Any]])
  }

  @Test("compact --dry-run says what the policy would leave out, and changes no byte; compact does it")
  func sampling() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ShopSessions.names(8), errors: 2, isFlushed: false)
      try tool.expect(0, "flush store")
      try set(tool, ShopSessions.errorsAlone)
      // Within the recent window nothing is decided.
      #expect(try tool.expect(0, "compact store --no-training").text == "nothing to do\n")
      #expect(try tool.expect(0, "show store s-04").text.contains("\nfate      not decided yet\n"))
      let before = try tool.content(of: "store")
      let dry = try plan(tool.expect(0, "compact store --recent-hours 0 --no-training --dry-run --json"))
      #expect(dry.map { $0["job"] as? String } == ["promotion"])
      #expect(dry[0]["sessions"] as? Int == 8 && dry[0]["packs"] as? Int == 1)
      #expect(Set(dry[0].keys) == ["job", "why", "packs", "sessions", "bytesRead", "bytesWritten", "bytesFreed"])
      #expect(dry[0]["bytesFreed"] as? Int ?? 0 > 0)
      let text = try tool.expect(0, "compact store --recent-hours 0 --no-training --dry-run").text
      #expect(text.hasPrefix("job        packs  sessions ") && text.contains("6 of them left out by the policy"))
      #expect(try tool.content(of: "store") == before)

      let done = try tool.decide("store", "--json").object()
      let rewrites = try #require(done["rewrites"] as? [[String: Any]])
      #expect(rewrites.map { $0["why"] as? String } == ["promotion"])
      #expect(rewrites[0]["sessionsDropped"] as? Int == 6 && rewrites[0]["sessionsRecompressed"] as? Int == 2)
      #expect(try tool.sessions() == ["s-00", "s-01"])
      #expect(try tool.decide().text == "nothing to do\n")

      let shown = try tool.run("show", "store", "s-00", "--json").object()
      #expect(shown["schema"] as? Int == 1 && shown["rule"] as? String == "broken" && shown["keepRate"] as? Double == 1)
      #expect(shown["isPinned"] as? Bool == false && shown["expiresMs"] is Double)
      #expect(
        try tool.expect(0, "show store s-00").text.contains("fate      kept by rule broken at 100.0%, expires 20"))
      let listing = try tool.expect(0, "sessions store").text.split(separator: "\n")
      #expect(listing[0].contains("kept by") && listing.dropFirst().allSatisfy { $0.contains("  broken") })
      let export = try tool.expect(0, "export store s-01")
      #expect(export.text == ShopSessions.recording("s-01", errors: 1))

      // What was left out is remembered.
      let gone = try tool.expect(3, "export store s-04")
      #expect(gone.errors.contains("was left out by the sampling policy") && gone.output.isEmpty)
      let late = try tool.run("import", "store", "s-04.ndjson", "--json")
      #expect(late.status == 3 && late.errors.contains("[sessionDropped, "))
      #expect(try tool.run("info", "store", "--json").object()["goneSessions"] as? Int == 6)
      #expect(try tool.expect(0, "info store").text.contains("6 sessions left out or let go early, and remembered\n"))
      #expect(try tool.expect(0, "verify store --deep").status == 0)
    }
  }

  @Test("A rate that is not 1 is shown, and stats --by rule estimates from it beside the true count")
  func rates() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ShopSessions.names(20), errors: 4)
      try set(
        tool,
        #"{"version":1,"rules":[{"name":"broken","when":{"errors":{"atLeast":1}},"keep":1}],"default":{"keep":0.5},"salt":"x"}"#
      )
      let undecided = try tool.run("stats", "store", "--json").object()["samples"] as? [[String: Any]]
      #expect(undecided?.map { $0["rule"] as? String } == [""])
      #expect(try tool.expect(0, "stats store --by rule").text.contains("\n(undecided) "))
      try tool.decide()
      let kept = try tool.sessions().count - 4
      try #require(kept > 0 && kept < 16)
      let object = try tool.run("stats", "store", "--json").object()
      let samples = try #require(object["samples"] as? [[String: Any]])
      #expect(samples.map { $0["rule"] as? String } == ["broken", "default"] || samples.count == 2)
      let rest = try #require(samples.first { $0["rule"] as? String == "default" })
      #expect((rest["kept"] as? [String: Double])?["sessions"] == Double(kept))
      #expect((rest["estimated"] as? [String: Double])?["sessions"] == Double(2 * kept))
      #expect((rest["standardError"] as? [String: Double])?["sessions"] ?? 0 > 0)
      let decisions = try #require(object["decisions"] as? [[String: Any]])
      func total(_ rule: String, _ key: String) -> Int {
        decisions.filter { $0["rule"] as? String == rule }.reduce(0) { $0 + ($1[key] as? Int ?? 0) }
      }
      #expect(total("broken", "sessions") == 4 && total("broken", "kept") == 4 && total("broken", "errors") == 4)
      #expect(total("default", "sessions") == 16 && total("default", "kept") == kept)
      #expect(total("default", "clicks") == 16 && total("default", "evicted") == 0)
      let text = try tool.expect(0, "stats store --by rule").text
      let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("default ") })
      let words = row.split(separator: " ")
      #expect(words[1] == "\(kept)" && words[2] == "\(2 * kept)" && words[3] == "±" && words.contains("16"))
      let some = try #require(try tool.sessions().subtracting(ShopSessions.names(4)).first)
      #expect(try tool.run("show", "store", some, "--json").object()["keepRate"] as? Double == 0.5)
      #expect(try tool.run("show", "store", some).text.contains("kept by rule default at 50.0%, "))
    }
  }

  @Test("A tag that comes late decides, and a pin overrides the policy until it is taken away")
  func tagsAndPins() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ShopSessions.names(6))
      try set(
        tool,
        #"{"version":1,"rules":[{"name":"tickets","when":{"tags":{"ticket":null}},"keep":1}],"default":{"keep":0}}"#)
      try tool.expect(0, "tag store s-01 ticket=77")
      try tool.expect(0, "pin store s-02")
      try tool.expect(0, "pin store s-03 --until 2099-01-01")
      #expect(try tool.sessions("store", "--pinned") == ["s-02", "s-03"])
      #expect(try tool.run("info", "store", "--json").object()["pinnedSessions"] as? Int == 2)
      try tool.decide()
      #expect(try tool.sessions() == ["s-01", "s-02", "s-03"])
      #expect(try tool.run("show", "store", "s-01", "--json").object()["rule"] as? String == "tickets")
      let pinned = try tool.run("show", "store", "s-03", "--json").object()
      #expect(pinned["isPinned"] as? Bool == true && pinned["pinnedUntilMs"] as? Double == 4_070_908_800_000)
      #expect(pinned["expiresMs"] is NSNull && pinned["rule"] as? String == "default")
      #expect(try tool.expect(0, "show store s-02").text.contains(", pinned\n"))
      #expect(try tool.expect(0, "show store s-03").text.contains(", pinned until 2099-01-01T00:00:00.000Z\n"))
      #expect(try tool.expect(0, "sessions store").text.contains("  a pin"))

      try tool.expect(0, "unpin store s-02")
      #expect(try tool.sessions("store", "--pinned") == ["s-03"])
      #expect(try tool.run("show", "store", "s-02", "--json").object()["isPinned"] as? Bool == false)
      try tool.decide()
      #expect(try tool.sessions() == ["s-01", "s-02", "s-03"])
      #expect(try tool.expect(0, "verify store --deep").status == 0)
    }
  }

  @Test("Pins are refused where they would not hold")
  func pinRefusals() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ["s-00"])
      for until in ["2000-01-01", "+1h", "soon", "1795000000"] {
        try tool.expect(64, "pin store s-00 --until \(until)")
      }
      for arguments in [
        "pin store none", "unpin store none", "unpin store s-00", "pin none s-00", "pin store s-00 --project other",
      ] {
        try tool.expect(3, arguments)
      }
      #expect(try tool.sessions("store", "--pinned").isEmpty)
      #expect(try tool.expect(0, "sessions store --pinned").text == "no sessions\n")
    }
  }

  @Test("expire says what would go and changes no byte, believes no clock far ahead, and unlinks whole packs")
  func expiry() async throws {
    try await ToolProcess.inFolder { tool in
      try await ShopSessions.addLongAgo(tool, ShopSessions.names(5), days: 40)
      let before = try tool.content(of: "store")
      let doubted = try plan(tool.expect(0, "expire store --dry-run --json"))
      #expect(doubted.map { $0["job"] as? String } == ["expiry"])
      #expect((doubted[0]["why"] as? String)?.contains("nothing is let go or decided on; look at the clock") == true)
      #expect(try tool.content(of: "store") == before)
      let refused = try tool.expect(4, "expire store")
      #expect(refused.errors.contains("[clockAhead]") && refused.errors.contains("use --force"))
      // Other maintenance goes on, and says what it left.
      let compacted = try tool.decide()
      #expect(compacted.errors.contains("sessions are neither let go nor decided on"))
      #expect(try tool.sessions().count == 5)

      // Something new came in: the clock is right.
      try ShopSessions.add(tool, ["new"])
      let held = try tool.content(of: "store")
      let believed = try plan(tool.expect(0, "expire store --dry-run --json"))
      #expect(believed.map { $0["sessions"] as? Int } == [5] && believed[0]["packs"] as? Int == 1)
      #expect(believed[0]["bytesRead"] as? Int == 0 && believed[0]["bytesWritten"] as? Int == 0)
      let text = try tool.expect(0, "expire store --dry-run").text
      #expect(text.contains("expiry ") && text.contains("their day has come"))
      #expect(try tool.content(of: "store") == held)
      let done = try tool.expect(0, "expire store --json").object()
      let departures = try #require(done["departures"] as? [[String: Any]])
      #expect(departures.map { $0["why"] as? String } == ["expiry"])
      #expect(departures[0]["packs"] as? Int == 1 && departures[0]["sessions"] as? Int == 5)
      #expect(departures[0]["bytesFreed"] as? Int == believed[0]["bytesFreed"] as? Int)
      #expect((done["rewrites"] as? [Any])?.isEmpty == true)
      #expect(try tool.sessions() == ["new"])
      #expect(try tool.traces(of: ShopSessions.names(5).map(ShopSessions.text), in: "store/packs").isEmpty)
      #expect(try tool.expect(0, "expire store").text == "nothing to do\n")
      try tool.expect(3, "export store s-00")
      try tool.expect(3, "expire none")
      try tool.expect(64, "expire")
    }
  }

  @Test("expire --force believes the clock, and a pinned session outlives its pack's day")
  func force() async throws {
    try await ToolProcess.inFolder { tool in
      try await ShopSessions.addLongAgo(tool, ShopSessions.names(5), days: 40)
      try tool.expect(0, "pin store s-02")
      // A pin is no sign that time has passed: nothing was received.
      let done = try tool.expect(0, "expire store --force").text
      #expect(done.hasPrefix("expired: 4 sessions, "))
      #expect(try tool.sessions() == ["s-02"])
      #expect(try tool.expect(0, "export store s-02").text == ShopSessions.recording("s-02"))
      try tool.decide()
      #expect(try tool.expect(0, "export store s-02").text == ShopSessions.recording("s-02"))
      #expect(try tool.expect(0, "verify store --deep").status == 0)
      // Its time is past: it goes as soon as nothing holds it.
      try tool.expect(0, "unpin store s-02")
      try tool.expect(0, "expire store --force")
      #expect(try tool.sessions().isEmpty)
    }
  }

  @Test("A budget lets go what the rules leave out first, never what is pinned; far above it ingest is refused")
  func budget() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ShopSessions.names(12), errors: 4, bulk: 8_000)
      try tool.expect(0, "pin store s-11")
      // One project's budget counts what is the project's own.
      let stats = try tool.run("stats", "store", "--json").object()
      let projects = try #require((stats["byProject"] as? [String: Any])?["groups"] as? [[String: Any]])
      let all = try #require(projects[0]["totalBytes"] as? Int)
      let rules =
        #""rules":[{"name":"broken","when":{"errors":{"atLeast":1}},"keep":1,"retentionDays":90}],"default":{"keep":0}"#
      try set(tool, #"{"version":1,\#(rules),"projectBudgets":{"default":\#(all / 2)}}"#)
      let before = try tool.content(of: "store")
      let dry = try plan(tool.expect(0, "expire store --dry-run --json"))
      #expect(dry.map { $0["job"] as? String } == ["budget"])
      let count = try #require(dry[0]["sessions"] as? Int)
      #expect(count >= 5 && count <= 7)
      #expect(try tool.expect(0, "expire store --dry-run").text.contains("a budget, or the floor of free space"))
      #expect(try tool.content(of: "store") == before)
      #expect(try tool.expect(0, "expire store").text.hasPrefix("let go for a budget: \(count) sessions, "))
      let left = try tool.sessions()
      #expect(left.isSuperset(of: ["s-00", "s-01", "s-02", "s-03", "s-11"]) && left.count == 12 - count)

      // With next to nothing allowed even what rules keep goes, what would expire next first; the pinned one stays.
      try set(tool, #"{"version":1,\#(rules),"projectBudgets":{"default":1}}"#)
      let last = try tool.expect(0, "expire store")
      #expect(last.text.hasPrefix("let go for a budget: ") && last.errors.contains("nothing more may be let go"))
      #expect(try tool.sessions() == ["s-11"])
      let late = try tool.run("import", "store", "s-00.ndjson")
      #expect(late.status == 3 && late.errors.contains("[sessionExpired, "))
      let decisions = try #require(
        try tool.run("stats", "store", "--json").object()["decisions"] as? [[String: Any]])
      #expect(decisions.reduce(0) { $0 + ($1["sessions"] as? Int ?? 0) } == 11)
      #expect(decisions.reduce(0) { $0 + ($1["evicted"] as? Int ?? 0) } == 4)

      // A whole store that is further above its budget than a quarter of a pack takes nothing more; reading goes on.
      try set(tool, #"{"version":1,"budgetBytes":1000000}"#)
      try tool.write(Data(count: 70 << 20), to: "store/ballast")
      // It looks every second, so one that takes longer.
      let refused = try Recording.importAll(tool, into: "store", "--rate", "15")
      #expect(refused.status == 4 && refused.errors.contains("[budgetExceeded"), "\(refused.errors)")
      try tool.expect(0, "export store s-11")
      try FileManager.default.removeItem(at: tool.file("store/ballast"))
      #expect(try Recording.importAll(tool).status == 0)
      #expect(try tool.sessions() == ["s-11", "hand-1"])
    }
  }

  @Test("compact keeps to so many bytes a second")
  func pace() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ShopSessions.names(4))
      try tool.expect(64, "compact store --bytes-per-second -1")
      try tool.expect(64, "compact store --bytes-per-second=-1")
      let read = try #require(
        try tool.run("compact", "store", "--recent-hours", "0", "--no-training", "--dry-run", "--json").object()["plan"]
          as? [[String: Any]])
      let bytes = try #require(read[0]["bytesRead"] as? Int)
      let start = ContinuousClock.now
      try tool.decide("store", "--bytes-per-second", "\(bytes / 2)")
      #expect(ContinuousClock.now - start > .milliseconds(500))
      #expect(try tool.sessions().count == 4)
    }
  }
}
