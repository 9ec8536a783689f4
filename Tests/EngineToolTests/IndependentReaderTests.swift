import Foundation
import Testing

/// `Tests/IndependentReader/reader.py` was written from FORMAT.md alone: what it reads must be what the engine wrote.
@Suite("the independent reader")
struct IndependentReaderTests {
  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Runs the reader; Python with zstandard and lz4 comes from Scripts/test in `SEGMENT_PYTHON`.
  static func read(_ arguments: [String], in folder: URL) throws -> (status: Int32, text: String) {
    let process = Process()
    let python = ProcessInfo.processInfo.environment["SEGMENT_PYTHON"] ?? "/usr/bin/python3"
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [repository.appendingPathComponent("Tests/IndependentReader/reader.py").path] + arguments
    process.currentDirectoryURL = folder
    let output = folder.appendingPathComponent("reader-\(UUID().uuidString).out")
    try Data().write(to: output)
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: try Data(contentsOf: output), as: UTF8.self))
  }

  private static func importSamples(_ tool: ToolProcess) throws {
    let samples = repository.appendingPathComponent("Samples/recordings")
    for name in ["shop/shop-12", "shop/shop-09", "editor/editor-02", "dashboard/dashboard-11"] {
      let folder = samples.appendingPathComponent(name).deletingLastPathComponent()
      let session = URL(fileURLWithPath: name).lastPathComponent
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { $0.hasPrefix(session) && $0.hasSuffix(".ndjson.zst") }.sorted()
        .map { folder.appendingPathComponent($0).path }
      let batches = folder.appendingPathComponent("\(session).batches.json").path
      let result = try tool.run(
        ["import", "store"] + files + [
          "--session", session, "--project", "p", "--visitor", "v-\(session)", "--batches", batches,
        ])
      try #require(result.status == 0, "\(result.errors)")
    }
  }

  @Test("lists and exports every session as the tool does, from journals, from packs and from both", arguments: 0..<3)
  func agrees(_ stage: Int) async throws {
    try await ToolProcess.inFolder { tool in
      try Self.importSamples(tool)
      try #require(try tool.run("tag", "store", "shop-12", "--project", "p", "plan=pro", "ticket=17").status == 0)
      if stage > 0 { try #require(try tool.run("flush", "store").status == 0) }
      if stage > 1 {
        try tool.write("{\"type\":5,\"data\":{\"tag\":\"late\"},\"timestamp\":1795456999000}\n", to: "late.ndjson")
        try #require(
          try tool.run("import", "store", "late.ndjson", "--session", "shop-12", "--project", "p").status == 0)
        try #require(try tool.run("tag", "store", "shop-12", "--project", "p", "--remove", "plan").status == 0)
      }
      let check = try Self.read(["check", "store"], in: tool.folder)
      #expect(check.status == 0, "\(check.text)")

      let listed = try Self.read(["list", "store"], in: tool.folder).text.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      let sessions = try tool.run("sessions", "store", "--json").objects()
      #expect(listed.count == 4 && sessions.count == 4)
      for session in sessions {
        let id = try #require(session["session"] as? String)
        let other = try #require(listed.first { $0["session"] as? String == id })
        #expect(other["events"] as? Int == session["events"] as? Int)
        #expect(other["rawBytes"] as? Int == session["rawBytes"] as? Int)
        #expect(other["visitor"] as? String == "v-\(id)")
        #expect(other["tags"] as? [String: String] == session["tags"] as? [String: String])
        let exported = try tool.run("export", "store", id, "--project", "p").output
        let independent = try Self.read(["export", "store", id, "--project", "p"], in: tool.folder).text
        #expect(!exported.isEmpty && Data(independent.utf8) == exported, "session \(id)")
      }
    }
  }

  @Test("reads packs that were merged and promoted, with a dictionary, and what came later")
  func maintained() async throws {
    try await ToolProcess.inFolder { tool in
      try Self.importSamples(tool)
      try #require(try tool.run("flush", "store").status == 0)
      let sessions = ["shop-12", "shop-09", "editor-02", "dashboard-11"]
      let exported = try sessions.map { try tool.run("export", "store", $0, "--project", "p").output }
      // Two visitors are enough here: one of each pair shares the site's pages with the other.
      let trained = try tool.run("dict", "train", "store", "--project", "p", "--visitors", "2", "--force", "--json")
        .object()
      #expect(trained["outcome"] as? String == "adopted")
      try #require(try tool.run("compact", "store", "--recent-hours", "0", "--no-training").status == 0)
      for pack in 0..<9 {
        try tool.write(
          "{\"type\":5,\"data\":{\"tag\":\"late\"},\"timestamp\":\(1_795_456_999_000 + pack)}\n", to: "late.ndjson")
        let late = try tool.run(
          "import", "store", "late.ndjson", "--session", "late-\(pack % 2)", "--project", "p", "--no-finish")
        try #require(late.status == 0, "\(late.errors)")
        try #require(try tool.run("flush", "store").status == 0)
      }
      let merged = try tool.run("compact", "store", "--no-training", "--json").object()
      #expect((merged["rewrites"] as? [[String: Any]])?.map { $0["why"] as? String } == ["merge"])
      let check = try Self.read(["check", "store"], in: tool.folder)
      #expect(check.status == 0, "\(check.text)")
      for (session, before) in zip(sessions, exported) {
        let ranges = try tool.run("ranges", "store", session, "--json").objects()
        #expect(ranges.contains { $0["dictionary"] is String }, "\(session)")
        #expect(try tool.run("export", "store", session, "--project", "p").output == before)
        let independent = try Self.read(["export", "store", session, "--project", "p"], in: tool.folder).text
        #expect(!before.isEmpty && Data(independent.utf8) == before, "\(session)")
      }
      for session in ["late-0", "late-1"] {
        let own = try tool.run("export", "store", session, "--project", "p").output
        let independent = try Self.read(["export", "store", session, "--project", "p"], in: tool.folder).text
        #expect(!own.isEmpty && Data(independent.utf8) == own, "\(session)")
      }
    }
  }
}
