import Foundation
import SegmentEngine
import Testing

@Suite("engine-tool")
struct CommandTests {
  @Test("says by its exit status what happened, and why in one line")
  func statuses() async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool).status == 0)
      try tool.write("x", to: "file")
      let cases: [(arguments: String, status: Int32)] = [
        ("sessions store", 0), ("info store", 0), ("verify store --deep", 0), ("show store hand-1", 0),
        ("ranges store hand-1", 0), ("export store hand-1", 0), ("flush store", 0), ("--version", 0),
        ("help import", 0),
        ("show store nope", 3), ("export store nope", 3), ("ranges store nope", 3), ("finish store nope", 3),
        ("tag store nope a=b", 3), ("show store hand-1 --project other", 3), ("info nowhere", 3), ("flush nowhere", 3),
        ("import store nofile", 3), ("import nowhere/below hand-1.w1.ndjson", 3), ("import store .", 4),
        ("sessions", 64), ("sessions store --limit 0", 64), ("sessions store --from +3s", 64), ("bogus store", 64),
        ("sessions store --from tomorrow", 64), ("sessions store --after x", 64), ("tag store hand-1", 64),
        ("tag store hand-1 a", 64), ("tag store hand-1 a=b --remove a", 64), ("import store", 64),
        ("import store hand-1.w1.ndjson --rate 0", 64), ("import store hand-1.w1.ndjson hand-1.w1.ndjson", 64),
        ("export store hand-1 --order random", 64), ("import store file --visitor a --visitor-per-file", 64),
      ]
      for (arguments, status) in cases {
        let result = try tool.run(arguments.split(separator: " ").map(String.init))
        #expect(result.status == status, "\(arguments): \(result.errors)")
        if status == 0 {
          #expect(result.errors.isEmpty, "\(arguments)")
        } else {
          #expect(result.errors.hasPrefix("engine-tool: "), "\(arguments): \(result.errors)")
          #expect(result.errors.split(separator: "\n").count == 1, "\(arguments): \(result.errors)")
          #expect(result.output.isEmpty, "\(arguments)")
        }
      }
    }
  }

  @Test("lists sessions by what is asked for, a page at a time")
  func sessions() async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool).status == 0)
      try tool.write(Packed.text, to: "other.ndjson")
      try #require(try tool.run("import", "store", "other.ndjson", "--project", "second").status == 0)
      func list(_ options: String...) throws -> [String?] {
        try tool.run(["sessions", "store", "--json"] + options).objects().map { $0["session"] as? String }
      }
      #expect(try Set(list()) == ["hand-1", "other"])
      #expect(try list("--project", "second") == ["other"])
      #expect(try list("--errors") == ["hand-1"])
      #expect(try list("--url", "https://shop.test/b*") == ["hand-1"])
      #expect(try list("--from", "2026-11-18T11:07:00Z") == ["hand-1"])
      #expect(try list("--to", "2026-11-18").isEmpty)
      try #require(try tool.run("tag", "store", "hand-1", "plan=pro", "a=b=c").status == 0)
      #expect(try list("--tag", "plan") == ["hand-1"])
      #expect(try list("--tag", "plan=pro", "--tag", "a=b=c") == ["hand-1"])
      #expect(try list("--tag", "plan=free").isEmpty)
      let page = try tool.run("sessions", "store", "--json", "--limit", "1").objects()
      try #require(page.count == 2)
      let next = try #require(page[1]["next"] as? String)
      let rest = try tool.run("sessions", "store", "--json", "--after", next).objects()
      #expect(Set([page[0], rest[0]].map { $0["session"] as? String }) == ["hand-1", "other"])
      #expect(try tool.run("sessions", "store", "--limit", "1").text.hasSuffix("more: --after \(next)\n"))
      #expect(try tool.run("sessions", "store").text.hasPrefix("project  session"))
      #expect(try tool.run("sessions", "store", "--project", "none").text == "no sessions\n")
    }
  }

  @Test("finds a session's project where only one has it, and asks where several do")
  func projects() async throws {
    try await ToolProcess.inFolder { tool in
      try tool.write(Packed.text, to: "s.ndjson")
      try #require(try tool.run("import", "store", "s.ndjson", "--project", "b").status == 0)
      #expect(try tool.run("show", "store", "s", "--json").object()["project"] as? String == "b")
      try #require(try tool.run("import", "store", "s.ndjson", "--project", "a").status == 0)
      let result = try tool.run("show", "store", "s")
      #expect(result.status == 64)
      #expect(result.errors.hasSuffix("--project: a, b\n"))
      #expect(try tool.run("show", "store", "s", "--project", "a").status == 0)
    }
  }

  @Test("shows a session and its byte ranges in JSON")
  func show() async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool, "--no-finish").status == 0)
      let live = try tool.run("ranges", "store", "hand-1", "--json").objects()
      if live.count == 1 { #expect(live[0]["liveFromSequence"] as? Int == 0) }
      try #require(try tool.run("flush", "store").status == 0)
      let session = try tool.run("show", "store", "hand-1", "--json").object()
      #expect(session["schema"] as? Int == 1)
      #expect(session["startMs"] as? Int == Recording.start)
      #expect(session["durationMs"] as? Double == 61_000)
      #expect(session["implausibleTimestamps"] as? Int == 2)
      #expect(session["errors"] as? Int == 1)
      #expect(session["clicks"] as? Int == 1)
      #expect(session["inputs"] as? Int == 1)
      let pages = ["a?x=1", "c", "b"].map { "https://shop.test/\($0)" }
      #expect(session["pages"] as? [String] == pages)
      #expect(session["tags"] as? [String: String] == [:])
      let keyframes = try #require(session["keyframes"] as? [[String: Any]])
      #expect(keyframes.map { $0["sequence"] as? Int } == [1, 7, 12])
      #expect(keyframes.map { $0["window"] as? String } == ["w1", "w2", "w1"])
      #expect(keyframes.map { $0["offsetMs"] as? Double } == [5, 10_010, 60_000])
      let blocks = try tool.run("ranges", "store", "hand-1", "--json").objects()
      #expect(blocks.compactMap { $0["events"] as? Int }.reduce(0, +) == 14)
      #expect((session["blocks"] as? [Any])?.count == blocks.count)
      for block in blocks {
        let offset = try #require(block["offsetBytes"] as? Int)
        let length = try #require(block["lengthBytes"] as? Int)
        let file = try #require(block["file"] as? String)
        #expect(block["range"] as? String == "\(file)?range=bytes=\(offset)-\(offset + length - 1)")
        let bytes = try Data(contentsOf: tool.file("store/\(file)"))
        #expect(bytes.count >= offset + length)
      }
      let text = try tool.run("show", "store", "hand-1").text
      #expect(text.contains("+10.010s"))
      #expect(text.contains("2 timestamps cannot be right"))
    }
  }

  @Test("tells of events the recorder compressed")
  func packed() async throws {
    try await ToolProcess.inFolder { tool in
      // The bytes of a zlib stream as a JSON string of Latin-1, as rrweb's pack makes them.
      let packed = #""x\u009c\u00abV*\u00a9,HU\u00b22\u00d6QJI,IT\u00b2\u00aa\u00ae\u0005\u00002b\u0005\u00e4""#
      try tool.write(Recording.text(Recording.first + [packed]), to: "p.ndjson")
      let imported = try tool.run("import", "store", "p.ndjson")
      try #require(imported.status == 0, "\(imported.errors)")
      let info = try tool.run("info", "store", "--json").object()
      #expect(info["schema"] as? Int == 1)
      #expect(info["events"] as? Int == 11)
      #expect(info["packedEvents"] as? Int == 1)
      #expect(info["writer"] is NSNull)
      #expect(try tool.run("info", "store").text.contains("1 event was compressed by the recorder"))
    }
  }

  @Test("works beside a process that writes, but does not write beside it")
  func besideWriter() async throws {
    try await ToolProcess.inFolder { tool in
      let store = try await ReplayStore.open(tool.file("store").path)
      let key = SessionKey(id: "live")
      try await store.append(Array(Packed.text.utf8), to: key, batchID: "1")
      #expect(try tool.run("export", "store", "live").text == Packed.text)
      #expect(try tool.run("tag", "store", "live", "plan=pro").status == 0)
      #expect(try tool.run("sessions", "store", "--tag", "plan=pro", "--json").objects().count == 1)
      try await store.append(Array(Packed.text.utf8), to: key, batchID: "2")
      #expect(try await store.summary(of: key)?.tags == ["plan": "pro"])
      #expect(try tool.run("finish", "store", "live").status == 0)
      #expect(try tool.run("flush", "store").status == 0)
      #expect(try tool.run("show", "store", "live", "--json").object()["isLive"] as? Bool == false)
      #expect(try tool.run("tag", "store", "live", "--remove", "plan", "b=").status == 0)
      #expect(
        try tool.run("show", "store", "live", "--json").object()["tags"] as? [String: String] == ["b": ""])
      try tool.write(Packed.text, to: "x.ndjson")
      let locked = try tool.run("import", "store", "x.ndjson")
      #expect(locked.status == 4)
      #expect(locked.errors.contains("\(ProcessInfo.processInfo.processIdentifier)"))
      #expect(try tool.run("verify", "store", "--deep").status == 0)
      try await store.close()
    }
  }

  @Test("finds a byte that changed")
  func damage() async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool).status == 0)
      try #require(try tool.run("flush", "store").status == 0)
      let clean = try tool.run("verify", "store", "--deep", "--json").object()
      #expect(clean["isClean"] as? Bool == true)
      #expect(clean["events"] as? Int == 14)
      let blocks = try tool.run("ranges", "store", "hand-1", "--json").objects()
      let block = try #require(blocks.first)
      let url = tool.file("store/\(try #require(block["file"] as? String))")
      let at = try #require(block["offsetBytes"] as? Int) + 20
      var bytes = try Data(contentsOf: url)
      bytes[at] ^= 1
      try bytes.write(to: url)
      let report = try tool.run("verify", "store", "--deep", "--json")
      #expect(report.status == 1)
      let object = try report.object()
      #expect(object["isClean"] as? Bool == false)
      let findings = try #require(object["findings"] as? [[String: Any]])
      #expect(findings.contains { $0["severity"] as? String == "damage" && $0["session"] as? String == "hand-1" })
      #expect(try tool.run("verify", "store", "--deep").text.hasPrefix("damage: "))
      let export = try tool.run("export", "store", "hand-1")
      #expect(export.status == 1)
      #expect(export.errors.hasPrefix("engine-tool: "))
    }
  }
}
