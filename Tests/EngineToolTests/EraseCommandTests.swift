import Foundation
import SegmentEngine
import Testing

@Suite("engine-tool erase")
struct EraseCommandTests {
  /// The bytes of the session's blocks in its packs.
  private func blocks(_ tool: ToolProcess, _ session: String) throws -> [(file: String, range: Range<Int>)] {
    try tool.run("ranges", "store", session, "--json").objects().map { block in
      let offset = try #require(block["offsetBytes"] as? Int)
      return (try #require(block["file"] as? String), offset..<offset + (try #require(block["lengthBytes"] as? Int)))
    }
  }

  @Test(
    "Nothing of an erased session is left in any file, wherever it lay", arguments: ["journal", "recent", "archive"])
  func traces(_ tier: String) async throws {
    try await ToolProcess.inFolder { tool in
      let names = ["qq-erased", "qq-kept", "other"]
      try ShopSessions.add(tool, names, isFlushed: tier != "journal")
      if tier == "archive" { try tool.decide() }
      try tool.expect(0, "tag store qq-erased secret=\(names[0])-tag")
      try tool.expect(0, "pin store qq-erased")
      let words = ShopSessions.words(of: "qq-erased")
      #expect(try !tool.traces(of: words, in: "store").isEmpty)
      let blocks = tier == "journal" ? [] : try blocks(tool, "qq-erased")
      if tier != "journal" { #expect(!blocks.isEmpty) }

      let before = try tool.content(of: "store")
      #expect(try tool.expect(0, "erase store qq-erased --dry-run").text == "would erase 1 session\n")
      let dry = try tool.expect(0, "erase store qq-erased --dry-run --json").object()
      #expect(dry["schema"] as? Int == 1 && dry["isDryRun"] as? Bool == true && dry["sessions"] as? Int == 1)
      #expect(try tool.content(of: "store") == before)

      let receipt = try tool.expect(0, "erase store qq-erased")
      #expect(receipt.text.hasPrefix("receipt   ") && receipt.text.contains("\nerased    1 session by session\n"))
      #expect(receipt.text.contains("\nnot reached:\n  "))
      #expect(!receipt.text.contains("qq-erased"))
      #expect(try tool.traces(of: words, in: "store").isEmpty)
      for (file, range) in blocks {
        // Packs of which nothing is left are unlinked.
        guard let bytes = try? Data(contentsOf: tool.file("store/\(file)")) else { continue }
        #expect(bytes[range].allSatisfy { $0 == 0 })
      }
      for command in ["export", "show", "ranges", "pin", "finish"] {
        let gone = try tool.expect(3, "\(command) store qq-erased")
        #expect(gone.output.isEmpty && gone.errors.contains("was erased; nothing more is taken of it"))
      }
      try tool.expect(3, "erase store qq-erased --dry-run")
      let late = try tool.run("import", "store", "qq-erased.ndjson")
      #expect(late.status == 3 && late.errors.contains("[sessionErased, "))
      // What comes later brings nothing back.
      try tool.decide()
      #expect(try tool.traces(of: words, in: "store").isEmpty)
      for name in names[1...] {
        #expect(try tool.expect(0, "export store \(name)").text == ShopSessions.recording(name))
      }
      #expect(try tool.expect(0, "verify store --deep").text.hasPrefix("clean"))
    }
  }

  @Test("By visitor, tag and project goes what they have and nothing else; receipts tell how much, by hash")
  func targets() async throws {
    try await ToolProcess.inFolder { tool in
      let names = ShopSessions.names(8)
      try ShopSessions.add(tool, Array(names[..<6]))
      try ShopSessions.add(tool, Array(names[6...]), project: "second")
      try tool.write(ShopSessions.recording("again"), to: "again.ndjson")
      try #require(
        try tool.run("import", "store", "again.ndjson", "--project", "second", "--visitor", "s-00").status == 0)
      try tool.expect(0, "flush store")
      for name in ["s-01", "s-02"] { try tool.expect(0, "tag store \(name) plan=pro") }
      try tool.expect(0, "tag store s-03 plan=free")
      #expect(try tool.expect(0, "erase store --receipts").text == "nothing was erased\n")
      #expect(try tool.expect(0, "erase store --receipts --json").output.isEmpty)

      func count(_ target: String) throws -> Int? {
        try tool.expect(0, "erase store \(target) --dry-run --json").object()["sessions"] as? Int
      }
      #expect(try count("--visitor s-00") == 2 && count("--visitor s-00 --project second") == 1)
      #expect(try count("--tag plan=pro") == 2 && count("--project second") == 3 && count("--project default") == 6)
      for target in ["--visitor nobody", "--tag plan=gold", "--project none", "none", "s-00 --project second"] {
        try tool.expect(3, "erase store \(target)")
        try tool.expect(3, "erase store \(target) --dry-run")
      }
      for wrong in [
        "", "s-00 --visitor v", "--visitor v --tag a=b", "--tag plan", "--receipts s-00", "--receipts --project second",
        "--receipts --dry-run",
      ] {
        try tool.expect(64, "erase store \(wrong)")
      }
      #expect(try tool.sessions().count == 9)

      let first = try tool.expect(0, "erase store --visitor s-00 --json").object()
      #expect(
        Set(first.keys) == [
          "schema", "id", "timeMs", "kind", "nameHash", "sessions", "segments", "records", "bytes", "packs", "journals",
          "isComplete", "limits",
        ])
      #expect(first["schema"] as? Int == 1 && first["kind"] as? String == "visitor" && first["sessions"] as? Int == 2)
      #expect(first["isComplete"] as? Bool == true && (first["limits"] as? [String])?.isEmpty == false)
      #expect((first["nameHash"] as? String)?.count == 32 && first["bytes"] as? Int ?? 0 > 0)
      #expect(try tool.sessions() == ["s-01", "s-02", "s-03", "s-04", "s-05", "s-06", "s-07"])
      try tool.expect(0, "erase store --tag plan=pro")
      #expect(try tool.sessions() == ["s-03", "s-04", "s-05", "s-06", "s-07"])
      try tool.expect(0, "erase store --project second")
      #expect(try tool.sessions() == ["s-03", "s-04", "s-05"])
      try tool.expect(0, "erase store s-04")
      #expect(try tool.sessions() == ["s-03", "s-05"])
      let gone = ["s-00", "s-01", "s-02", "s-04", "s-06", "s-07"].flatMap(ShopSessions.words)
      #expect(try tool.traces(of: gone, in: "store").isEmpty)

      let receipts = try tool.expect(0, "erase store --receipts --json").objects()
      #expect(receipts.map { $0["kind"] as? String } == ["visitor", "tag", "project", "session"])
      #expect(receipts.map { $0["sessions"] as? Int } == [2, 2, 2, 1])
      #expect(receipts.allSatisfy { $0["schema"] as? Int == 1 && $0["isComplete"] as? Bool == true })
      #expect(receipts[0]["id"] as? String == first["id"] as? String)
      #expect(receipts[0]["nameHash"] as? String == first["nameHash"] as? String)
      let lines = try tool.expect(0, "erase store --receipts").text.split(separator: "\n")
      #expect(
        lines.count == 5 && lines[0].hasPrefix("time ") && lines.dropFirst().allSatisfy { $0.hasSuffix("  done") })
      for word in gone { #expect(!lines.joined().contains(word)) }
      try tool.expect(3, "erase none s-00")
      try tool.expect(3, "erase none --receipts")
    }
  }

  @Test("Beside a process that writes, its journal is overwritten too, and it goes on")
  func besideWriter() async throws {
    try await ToolProcess.inFolder { tool in
      let store = try await ReplayStore.open(tool.file("store").path)
      let (gone, kept) = (SessionKey(id: "qq-live"), SessionKey(id: "kept"))
      for key in [gone, kept] {
        try await store.append(Array(ShopSessions.recording(key.id).utf8), to: key, visitor: key.id)
      }
      #expect(try !tool.traces(of: ShopSessions.words(of: "qq-live"), in: "store").isEmpty)
      let receipt = try tool.expect(0, "erase store qq-live --json").object()
      #expect(receipt["records"] as? Int == 1 && receipt["journals"] as? Int == 1)
      #expect(try tool.traces(of: ShopSessions.words(of: "qq-live"), in: "store").isEmpty)
      await #expect(throws: StoreError.self) {
        try await store.append(Array(ShopSessions.recording("qq-live").utf8), to: gone)
      }
      try await store.append(Array(Packed.text.utf8), to: kept)
      #expect(try tool.expect(0, "export store kept").text == ShopSessions.recording("kept") + Packed.text)
      try await store.close()
      #expect(try tool.expect(0, "verify store --deep").text.hasPrefix("clean"))
    }
  }
}
