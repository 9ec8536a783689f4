import Foundation
import Testing

@Suite("engine-tool export")
struct ExportTests {
  /// An event's own time.
  private func time(_ line: String) throws -> Double {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return try #require(object?["timestamp"] as? Double)
  }

  @Test("gives back byte for byte what came in, from the journal and from packs", arguments: [false, true])
  func exact(_ isFlushed: Bool) async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool).status == 0)
      if isFlushed { #expect(try tool.run("flush", "store").status == 0) }
      func export(_ options: String...) throws -> String {
        let result = try tool.run(["export", "store", "hand-1"] + options)
        #expect(result.status == 0, "\(result.errors)")
        return result.text
      }
      #expect(try export() == Recording.text(Recording.arrival))
      #expect(try export("--order", "arrival") == Recording.text(Recording.arrival))
      #expect(try export("--window", "w1") == Recording.text(Recording.first))
      #expect(try export("--window", "w2") == Recording.text(Recording.second))
      #expect(try export("--window", "w3").isEmpty)
      // Events whose timestamps cannot be right stay behind the one they came after.
      let order = [0, 1, 3, 4, 2, 5, 10, 6, 7, 8, 9, 11, 12, 13]
      #expect(try export("--order", "time") == Recording.text(order.map { Recording.arrival[$0] }))
    }
  }

  @Test("cuts ranges of time, half open, by each way of writing them")
  func ranges() async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool).status == 0)
      let wanted = try Recording.arrival.filter {
        let offset = try time($0) - Double(Recording.start)
        return offset >= 1_500 && offset < 10_010
      }
      #expect(wanted.count == 5)
      for (from, to) in [
        ("+1.5s", "+10s10ms"), ("1795000001500", "1795000010010"),
        ("2026-11-18T11:06:41.5Z", "2026-11-18T13:06:50.010+02:00"),
      ] {
        let result = try tool.run("export", "store", "hand-1", "--from", from, "--to", to)
        #expect(result.text == Recording.text(wanted), "\(from) \(to) \(result.errors)")
      }
      #expect(try tool.run("export", "store", "hand-1", "--from", "+2s", "--to", "+1s").status == 64)
    }
  }

  @Test("starts each window at its keyframe, for a player")
  func playback() async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool).status == 0)
      let result = try tool.run(
        "export", "store", "hand-1", "--from-keyframe", "--from", "+60.5s", "--to", "+61s", "--window", "w1")
      #expect(result.status == 0)
      #expect(result.text == Recording.text(Recording.first[7..<9]))
      // The last event of the other window says that it comes from the year 275760.
      let both = try tool.run("export", "store", "hand-1", "--from-keyframe", "--from", "+60.5s", "--to", "+61s")
      #expect(both.text == Recording.text(Recording.second[..<3] + Recording.first[7..<9]))
      let whole = try tool.run("export", "store", "hand-1", "--from-keyframe", "--from", "+60.5s")
      #expect(whole.text.contains(Recording.second[1]))
      #expect(whole.text.contains(Recording.first[9]))
      #expect(try tool.run("export", "store", "hand-1", "--from-keyframe", "--order", "arrival").status == 64)
    }
  }

  @Test("ends quietly when nobody reads any more")
  func closedPipe() async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool).status == 0)
      let pipe = Pipe()
      try pipe.fileHandleForReading.close()
      let result = try tool.run(["export", "store", "hand-1"], output: pipe.fileHandleForWriting)
      #expect(result.status == 0)
      #expect(result.errors.isEmpty)
    }
  }
}
