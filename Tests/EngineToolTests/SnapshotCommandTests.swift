import Foundation
import SegmentEngine
import Testing

@Suite("engine-tool snapshot and restore")
struct SnapshotCommandTests {
  @Test("A snapshot beside a process that writes has all that was there, and stays as it was")
  func snapshot() async throws {
    try await ToolProcess.inFolder { tool in
      let names = ShopSessions.names(4)
      try ShopSessions.add(tool, names)
      let store = try await ReplayStore.open(tool.file("store").path)
      try await store.append(Array(ShopSessions.recording("live").utf8), to: SessionKey(id: "live"))
      let made = try tool.expect(0, "snapshot store copy --json").object()
      #expect(Set(made.keys) == ["schema", "timeMs", "packs", "journals", "bytesLinked", "bytesCopied"])
      #expect(made["schema"] as? Int == 1 && made["packs"] as? Int == 1 && made["journals"] as? Int == 1)
      #expect(made["bytesLinked"] as? Int ?? 0 > 0 && made["bytesCopied"] as? Int ?? 0 > 0)
      #expect(try tool.expect(0, "snapshot store second").text.hasPrefix("snapshot of 20"))
      try await store.append(Array(ShopSessions.recording("late").utf8), to: SessionKey(id: "late"))
      try await store.close()

      #expect(try tool.sessions("copy") == Set(names + ["live"]))
      for name in names + ["live"] {
        #expect(try tool.expect(0, "export copy \(name)").text == ShopSessions.recording(name))
      }
      #expect(try tool.expect(0, "verify copy --deep").text.hasPrefix("clean"))
      let info = try tool.expect(0, "info copy --json").object()
      #expect(info["snapshotMs"] as? Double == made["timeMs"] as? Double)
      #expect(try tool.expect(0, "info copy").text.contains("a snapshot, made 20"))

      // The store knows its snapshots and what each holds alone: more, once packs go.
      func held() throws -> [String: Int] {
        let info = try tool.expect(0, "info store --json").object()
        #expect(info["snapshotMs"] is NSNull)
        let snapshots = try #require(info["snapshots"] as? [[String: Any]])
        return Dictionary(
          uniqueKeysWithValues: try snapshots.map { snapshot in
            #expect(Set(snapshot.keys) == ["path", "timeMs", "bytesHeld"])
            let path = try #require(snapshot["path"] as? String)
            return (String(path.split(separator: "/").last ?? ""), try #require(snapshot["bytesHeld"] as? Int))
          })
      }
      let before = try held()
      #expect(Set(before.keys) == ["copy", "second"])
      #expect(try tool.expect(0, "info store").text.contains("/copy of 20"))
      try tool.decide()
      #expect(try held()["copy"] ?? 0 > before["copy"] ?? .max)
      #expect(try tool.sessions("copy") == Set(names + ["live"]))
      try FileManager.default.removeItem(at: tool.file("second"))
      #expect(try Set(held().keys) == ["copy"])
    }
  }

  @Test("What changes something is refused on a snapshot, what reads works")
  func readOnly() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ShopSessions.names(3))
      try tool.expect(0, "pin store s-01")
      try tool.expect(0, "snapshot store copy")
      try tool.write(ShopSessions.recording("more"), to: "more.ndjson")
      // A lock's file may be left behind.
      func files() throws -> [String: Data] { try tool.content(of: "copy").filter { !$0.key.hasSuffix(".lock") } }
      let before = try files()
      for arguments in [
        "import copy more.ndjson", "flush copy", "compact copy", "compact copy --dry-run", "expire copy",
        "policy set copy --preset sampled", "pin copy s-00", "unpin copy s-01", "tag copy s-00 a=b", "finish copy s-00",
        "erase copy s-00", "erase copy --project default", "snapshot copy again", "dict train copy",
      ] {
        let result = try tool.expect(4, arguments)
        #expect(result.errors.contains("is a snapshot: it can be read, and engine-tool restore makes a store of it"))
        #expect(result.errors.contains("[isSnapshot, ") && result.output.isEmpty)
      }
      for arguments in [
        "sessions copy", "show copy s-00", "export copy s-00", "ranges copy s-00", "info copy", "stats copy",
        "verify copy --deep", "audit copy", "policy show copy", "policy test copy", "dict list copy",
        "erase copy --receipts",
      ] {
        try tool.expect(0, arguments)
      }
      #expect(try files() == before)
    }
  }

  @Test("restore makes a store of a snapshot, and leaves the snapshot as it is")
  func restore() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ShopSessions.names(3))
      try tool.expect(0, "pin store s-01")
      try tool.expect(0, "policy set store --preset sampled")
      try tool.expect(0, "snapshot store copy")
      let before = try tool.content(of: "copy")
      let made = try tool.expect(0, "restore copy new --json").object()
      #expect(Set(made.keys) == ["schema", "timeMs", "packs", "journals", "bytesLinked", "bytesCopied"])
      #expect(made["schema"] as? Int == 1 && made["bytesLinked"] as? Int == 0 && made["bytesCopied"] as? Int ?? 0 > 0)
      #expect(try tool.expect(0, "restore copy third").text.hasPrefix("restored 20"))
      #expect(try tool.sessions("new") == Set(ShopSessions.names(3)) && tool.sessions("new", "--pinned") == ["s-01"])
      #expect(try tool.run("policy", "show", "new").text == tool.run("policy", "show", "store").text)
      #expect(try tool.expect(0, "info new --json").object()["snapshotMs"] is NSNull)
      try ShopSessions.add(tool, ["more"], to: "new")
      try tool.expect(0, "erase new s-00")
      #expect(try tool.sessions("new") == ["s-01", "s-02", "more"])
      #expect(try tool.content(of: "copy") == before)
      #expect(try tool.expect(0, "verify new --deep").text.hasPrefix("clean"))
      for arguments in ["restore copy new", "snapshot store copy", "restore store else"] {
        try tool.expect(64, arguments)
      }
      for arguments in ["restore none else", "snapshot none else"] { try tool.expect(3, arguments) }
      for arguments in ["restore copy", "snapshot store"] { try tool.expect(64, arguments) }
      #expect(!FileManager.default.fileExists(atPath: tool.file("else").path))
    }
  }

  @Test("What is erased in the store is erased in its snapshots, which read it as erased and not as damaged")
  func erasure() async throws {
    try await ToolProcess.inFolder { tool in
      try ShopSessions.add(tool, ["qq-gone", "s-00"])
      try ShopSessions.add(tool, ["qq-live"], isFlushed: false)
      try tool.expect(0, "snapshot store copy")
      // Packs that only the snapshot has by now.
      try tool.decide()
      for name in ["qq-gone", "qq-live"] {
        let receipt = try tool.expect(0, "erase store \(name)").text
        #expect(!receipt.contains("could not be reached"))
        let words = ShopSessions.words(of: name)
        #expect(try tool.traces(of: words, in: "store").isEmpty && tool.traces(of: words, in: "copy").isEmpty)
        let gone = try tool.expect(3, "export copy \(name)")
        #expect(gone.errors.contains("was erased"))
      }
      #expect(try tool.sessions("copy") == ["s-00"])
      #expect(try tool.expect(0, "export copy s-00").text == ShopSessions.recording("s-00"))
      #expect(try tool.expect(0, "verify copy --deep").text.hasPrefix("clean"))
    }
  }
}
