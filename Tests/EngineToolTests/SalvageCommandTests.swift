import Foundation
import Testing

@Suite("engine-tool salvage")
struct SalvageCommandTests {
  private static let keys: Set = [
    "schema", "isComplete", "isDryRun", "catalog", "sessions", "events", "packsKept", "packsRewritten",
    "packsSuperseded", "packsWritten", "journals", "dictionaries", "linkedBytes", "writtenBytes", "lossCount",
    "losses", "notes",
  ]

  @Test("A store that is well comes out whole, with status 0; a dry run writes nothing")
  func well() async throws {
    try await ToolProcess.inFolder { tool in
      let names = ShopSessions.names(4)
      try ShopSessions.add(tool, names)
      let planned = try tool.expect(0, "salvage store new --dry-run --json").object()
      #expect(Set(planned.keys) == Self.keys)
      #expect(planned["isDryRun"] as? Bool == true && planned["sessions"] as? Int == names.count)
      #expect(!FileManager.default.fileExists(atPath: tool.file("new").path))
      let text = try tool.expect(0, "salvage store new").text
      #expect(text.hasPrefix("salvaged 4 sessions, ") && text.hasSuffix("nothing is lost\n"))
      #expect(try tool.sessions("new") == Set(names))
      for name in names { #expect(try tool.expect(0, "export new \(name)").text == ShopSessions.recording(name)) }
      #expect(try tool.expect(0, "verify new --deep").text.hasPrefix("clean"))
    }
  }

  @Test("Where the catalog is gone, or a block is damaged, it says so with status 1; what cannot be done has its own")
  func damaged() async throws {
    try await ToolProcess.inFolder { tool in
      let names = ShopSessions.names(4)
      try ShopSessions.add(tool, names)
      try FileManager.default.removeItem(at: tool.file("store/catalog"))
      #expect(try tool.expect(1, "salvage store new").text.contains("lost: the catalog is not there: pins, "))
      #expect(try tool.sessions("new") == Set(names))
      try tool.expect(64, "salvage store new")
      try tool.expect(3, "salvage nowhere other")
      // The packs are shared: what is a block of the one is one of the other.
      let block = try #require(try tool.expect(0, "ranges new \(names[1]) --json").objects().first)
      let pack = tool.file("store/\(try #require(block["file"] as? String))")
      var bytes = try Data(contentsOf: pack)
      bytes[try #require(block["offsetBytes"] as? Int) + 5] ^= 1
      try bytes.write(to: pack)
      let result = try tool.expect(1, "salvage store second --json").object()
      let losses = try #require(result["losses"] as? [[String: Any]])
      let loss = try #require(losses.first { $0["session"] as? String != nil })
      #expect(
        Set(loss.keys) == [
          "file", "offsetBytes", "lengthBytes", "project", "session", "fromSequence", "toSequence", "fromMs", "toMs",
          "reason",
        ])
      #expect(loss["session"] as? String == names[1] && loss["fromSequence"] as? Int == 0)
      #expect(try tool.expect(0, "verify second --deep").text.hasPrefix("clean"))
      for name in names where name != names[1] {
        #expect(try tool.expect(0, "export second \(name)").text == ShopSessions.recording(name))
      }
    }
  }
}
