import Foundation
import Testing

@Suite("engine-tool compact and dict")
struct MaintenanceCommandTests {
  /// Recordings of a made-up shop, imported one file a session.
  private static func importShop(_ tool: ToolProcess, sessions: Int = 8) throws {
    var state: UInt64 = 5
    func letters(_ count: Int) -> String {
      String(
        decoding: (0..<count).map { _ -> UInt8 in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return 97 + UInt8((state >> 33) % 26)
        }, as: UTF8.self)
    }
    let template = letters(20_000)
    var files: [String] = []
    for session in 0..<sessions {
      let time = Recording.start + session
      try tool.write(
        Recording.text([
          #"{"type":4,"data":{"href":"https://shop.test/","width":8,"height":6},"timestamp":\#(time)}"#,
          #"{"type":2,"data":{"node":{"id":1,"text":"\#(template)\#(letters(300))"}},"timestamp":\#(time + 5)}"#,
          #"{"type":3,"data":{"source":0,"texts":[{"id":1,"value":"\#(letters(40))"}]},"timestamp":\#(time + 9)}"#,
        ]), to: "shop-\(session).ndjson")
      files.append("shop-\(session).ndjson")
    }
    let result = try tool.run(["import", "store"] + files + ["--project", "shop", "--visitor-per-file"])
    try #require(result.status == 0, "\(result.errors)")
    try #require(try tool.run("flush", "store").status == 0)
  }

  private static func exports(_ tool: ToolProcess) throws -> [Data] {
    try (0..<8).map { try tool.run("export", "store", "shop-\($0)").output }
  }

  @Test("trains, shows, measures, uses and retires a dictionary; every export stays as it was")
  func life() async throws {
    try await ToolProcess.inFolder { tool in
      try Self.importShop(tool)
      let before = try Self.exports(tool)
      #expect(before[0] == (try Data(contentsOf: tool.file("shop-0.ndjson"))))
      #expect(try tool.run("dict", "list", "store", "--json").output.isEmpty)
      #expect(try tool.run("dict", "show", "store", "shop").status == 3)
      let trained = try tool.run("dict", "train", "store", "--project", "shop", "--json").object()
      #expect(trained["outcome"] as? String == "adopted" && trained["visitors"] as? Int ?? 0 >= 3)
      let id = try #require(trained["dictionary"] as? String)
      let again = try tool.run("dict", "train", "store", "--project", "shop")
      #expect(again.status == 0 && again.text.contains("not adopted"))
      let listed = try tool.run("dict", "list", "store", "--json").objects()
      #expect(listed.map { $0["dictionary"] as? String } == [id])
      #expect(listed[0]["isInForce"] as? Bool == true && listed[0]["packs"] as? Int == 0)
      #expect(try tool.run("dict", "list", "store").text.contains("*"))

      let shown = try tool.run("dict", "show", "store", "shop").text
      #expect(shown.contains(id) && shown.contains("SHA-256"))
      #expect(try tool.run("dict", "show", "store", id, "--find", "nothing of this").text.contains(" ...") == false)
      let raw = try tool.run("dict", "show", "store", id, "--raw").output
      #expect(raw.count == listed[0]["contentBytes"] as? Int)
      let evaluated = try tool.run("dict", "evaluate", "store", "--project", "shop", "--levels", "1", "3", "--json")
        .object()
      let rows = try #require(evaluated["rows"] as? [[String: Any]])
      #expect(Set(rows.compactMap { $0["dictionary"] as? String }) == ["none", "inForce", "trained"])
      #expect(Set(rows.filter { $0["tier"] as? String == "archive" }.compactMap { $0["level"] as? Int }) == [1, 3])
      #expect(try tool.run("dict", "evaluate", "store", "--project", "shop").text.contains("in force"))

      let plan = try tool.run("compact", "store", "--recent-hours", "0", "--no-training", "--dry-run", "--json")
        .object()
      #expect(plan["isDryRun"] as? Bool == true)
      #expect((plan["plan"] as? [[String: Any]])?.map { $0["job"] as? String } == ["promotion"])
      #expect(try tool.run("compact", "store", "--recent-hours", "0", "--dry-run").text.contains("promotion"))
      #expect(try tool.run("info", "store", "--json").object()["schema"] as? Int == 1)
      let done = try tool.run("compact", "store", "--recent-hours", "0", "--no-training", "--json").object()
      let rewrites = try #require(done["rewrites"] as? [[String: Any]])
      #expect(rewrites.map { $0["sessionsRecompressed"] as? Int } == [8])
      #expect(rewrites[0]["bytesAfter"] as? Int ?? .max < rewrites[0]["bytesBefore"] as? Int ?? 0)
      #expect(try Self.exports(tool) == before)
      let ranges = try tool.run("ranges", "store", "shop-0", "--json").objects()
      #expect(ranges.allSatisfy { $0["dictionary"] as? String == id })
      #expect(try tool.run("compact", "store", "--recent-hours", "0", "--no-training").text == "nothing to do\n")

      let retired = try tool.run("dict", "retire", "store", id, "--json").object()
      #expect(retired["dictionariesRemoved"] as? [String] == [id])
      #expect(try tool.run("dict", "list", "store", "--json").output.isEmpty)
      #expect(try Self.exports(tool) == before)
      #expect(try tool.run("verify", "store", "--deep").status == 0)
      #expect(try tool.run("dict", "retire", "store", id).status == 3)
    }
  }

  @Test("says by its exit status what is wrong")
  func statuses() async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool).status == 0)
      let cases: [(arguments: String, status: Int32)] = [
        ("compact store", 0), ("compact store --dry-run", 0), ("dict list store", 0), ("dict train store", 0),
        ("compact nowhere", 3), ("dict list nowhere", 3), ("dict train nowhere", 3), ("dict evaluate nowhere", 3),
        ("dict evaluate store --project none", 3), ("dict show store none", 3),
        ("dict retire store 00000000000000000000000000000001", 3),
        ("compact", 64), ("compact store --recent-hours -1", 64), ("compact store --recent-hours x", 64),
        ("compact store --archive-level 23", 64), ("dict retire store", 64), ("dict retire store xyz", 64),
        ("dict train store --visitors 1", 64), ("dict train store --size 0", 64), ("dict train store --sample 0", 64),
        ("dict evaluate store --levels 0", 64), ("dict show store", 64), ("dict show store x --limit=-1", 64),
        ("dict bogus store", 64),
      ]
      for (arguments, status) in cases {
        let result = try tool.run(arguments.split(separator: " ").map(String.init))
        #expect(result.status == status, "\(arguments): \(result.errors)")
        if status != 0 { #expect(result.errors.hasPrefix("engine-tool: ") && result.output.isEmpty, "\(arguments)") }
      }
      try #require(try tool.run("flush", "store").status == 0)
      #expect(try tool.run("dict", "train", "store").text.contains("not trained: too few sessions"))
    }
  }
}
