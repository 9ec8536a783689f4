import Foundation
import Testing

@Suite("engine-tool import")
struct ImportTests {
  @Test("stores a recording once, however often it is imported")
  func twice() async throws {
    try await ToolProcess.inFolder { tool in
      let first = try Recording.importAll(tool, "--json")
      #expect(first.status == 0, "\(first.errors)")
      let stored = try first.object()
      #expect(stored["schema"] as? Int == 1)
      #expect(stored["session"] as? String == "hand-1")
      #expect(stored["events"] as? Int == 14)
      #expect(stored["batches"] as? Int == 4)
      #expect(stored["rawBytes"] as? Int == Recording.text(Recording.arrival).utf8.count)
      #expect(stored["isFinished"] as? Bool == true)
      let before = try tool.run("show", "store", "hand-1", "--json").object()
      for _ in 0..<2 {
        let again = try Recording.importAll(tool, "--json").object()
        #expect(again["events"] as? Int == 0)
        #expect(again["batches"] as? Int == 0)
        #expect(again["duplicates"] as? Int == 4)
        #expect(try tool.run("flush", "store").status == 0)
      }
      let after = try tool.run("show", "store", "hand-1", "--json").object()
      #expect(after["events"] as? Int == 14)
      #expect(after["finishedMs"] as? Double == before["finishedMs"] as? Double)
      #expect(after["windows"] as? [String] == ["w1", "w2"])
    }
  }

  @Test("reads gzip, zstd and arrays, named by ending or by content")
  func compressed() async throws {
    try await ToolProcess.inFolder { tool in
      try tool.write(Packed.gzip, to: "g.ndjson.gz")
      try tool.write(Packed.zstd, to: "z.json.zst")
      try tool.write(Packed.gzip, to: "bare")
      let lines = Packed.text.split(separator: "\n")
      try tool.write("[\(lines.joined(separator: ",\r\n"))]", to: "array.json")
      let result = try tool.run(
        "import", "store", "g.ndjson.gz", "z.json.zst", "bare", "array.json", "--visitor-per-file", "--json")
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.objects().map { $0["session"] as? String } == ["g", "z", "bare", "array"])
      for session in ["g", "z", "bare", "array"] {
        #expect(try tool.run("export", "store", session).text == Packed.text)
        #expect(try tool.run("show", "store", session, "--json").object()["visitor"] as? String == session)
      }
    }
  }

  @Test("refuses invalid events, or leaves them out and says so")
  func invalid() async throws {
    try await ToolProcess.inFolder { tool in
      let good = Recording.first
      try tool.write(Recording.text(good[..<2] + [#"{"type":3}"#, "garbage"] + good[2...]), to: "bad.ndjson")
      try tool.write("", to: "empty.ndjson")
      try tool.write(Packed.gzip.prefix(50), to: "short.gz")
      let refused = try tool.run("import", "store", "bad.ndjson", "empty.ndjson", "short.gz")
      #expect(refused.status == 4)
      #expect(refused.errors.split(separator: "\n").count == 3)
      #expect(refused.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("engine-tool: ") })
      #expect(try tool.run("show", "store", "bad").status == 3)
      let skipped = try tool.run("import", "store", "bad.ndjson", "--skip-invalid", "--json")
      #expect(skipped.status == 0)
      #expect(try skipped.object()["rejectedEvents"] as? Int == 2)
      #expect(skipped.errors.contains("bad.ndjson, event 3 of the batch from line 1 on"))
      #expect(try tool.run("export", "store", "bad").text == Recording.text(good))
    }
  }

  @Test("can leave a session unfinished, and replay it in quick motion")
  func live() async throws {
    try await ToolProcess.inFolder { tool in
      let result = try Recording.importAll(tool, "--live", "--rate", "1e6")
      #expect(result.status == 0, "\(result.errors)")
      let summary = try tool.run("show", "store", "hand-1", "--json").object()
      #expect(summary["finishedMs"] is NSNull)
      #expect(try tool.run("finish", "store", "hand-1").status == 0)
      #expect(try tool.run("show", "store", "hand-1", "--json").object()["state"] as? String == "finished")
    }
  }
}
