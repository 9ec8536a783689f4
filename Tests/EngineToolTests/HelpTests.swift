import Testing

@Suite("engine-tool --help")
struct HelpTests {
  @Test("Every command says what it does, what it takes, and what a script has to know")
  func help() async throws {
    try await ToolProcess.inFolder { tool in
      let commands: [(command: String, mentions: [String])] = [
        ("", ["Exit status: 0 well; 1 damage or findings; 3 not found; 4 failed, locked or full; 64 wrong usage."]),
        ("", ["policy", "expire", "pin", "unpin", "erase", "snapshot", "restore", "audit", "ISO 8601"]),
        ("policy", ["show", "set", "test", "30 days"]),
        ("policy show", ["<store>", "set reads", "30 days"]),
        ("policy set", ["standard input", "--preset", "keep-all, sampled, errors-only", "--json", "stays decided"]),
        ("policy test", ["1/rate", "Nothing is changed", "--preset", "--json"]),
        (
          "compact",
          ["--dry-run", "--bytes-per-second", "--recent-hours", "unless the policy says", "--no-training", "--json"]
        ),
        ("expire", ["--dry-run", "--force", "7 days", "full disk", "nothing is rewritten", "--json"]),
        ("pin", ["--until", "sessions --pinned", "whatever the policy says"]),
        ("unpin", ["last receipt", "next maintenance"]),
        ("tag", ["key=value", "--remove"]),
        ("tail", ["--after", "--from-keyframe", "--once", "until the session is finished", "--json"]),
        (
          "erase",
          ["--visitor", "--tag", "--project", "--receipts", "--dry-run", "overwritten", "cannot be reached", "--json"]
        ),
        ("snapshot", ["while a server runs", "<target>", "restore makes a store of it", "change nothing", "--json"]),
        ("restore", ["<snapshot>", "<target>", "stays as it is", "--json"]),
        (
          "salvage",
          ["<store>", "<target>", "stays as it is", "no server", "damaged/", "status 1", "--dry-run", "--json"]
        ),
        ("upgrade", ["<store>", "newest version", "version that the store records", "nothing is changed", "--json"]),
        ("sessions", ["--pinned", "--tag", "--errors", "Kept by", "--json"]),
        ("show", ["rule and rate", "--json"]),
        ("info", ["who writes", "--json"]),
        ("stats", ["project, tier, class, day, kind, rule", "1/rate", "400 days", "--json"]),
        ("audit", ["status 1", "--sample", "--ignore", "--json"]),
        ("verify", ["--deep", "--json"]),
      ]
      for (command, mentions) in commands {
        let result = try tool.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(result.status == 0 && result.errors.isEmpty)
        // Lines are broken anywhere.
        let text = result.text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        for mention in mentions { #expect(text.contains(mention), "\(command): \(mention)") }
      }
    }
  }
}
