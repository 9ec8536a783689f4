import Foundation
import SegmentEngine
import Testing

@Suite("engine-tool tail")
struct TailCommandTests {
  @Test("follows a session that another process records until it is finished, and goes on behind a cursor")
  func follows() async throws {
    try await ToolProcess.inFolder { tool in
      let store = try await ReplayStore.open(tool.file("store").path)
      let key = SessionKey(id: "s-1")
      func line(_ index: Int) -> String {
        #"{"type":3,"data":{"source":0,"n":\#(index)},"timestamp":\#(1_795_000_000_000 + index)}"#
      }
      func append(_ indexes: Range<Int>) async throws {
        try await store.append(
          Array(Recording.text(indexes.map(line)).utf8), to: key, window: "w1", origin: .imported)
      }
      try await append(0..<3)
      let following = try tool.start(["tail", "store", "s-1"])
      let output = { try String(contentsOf: following.output, encoding: .utf8) }
      try await eventually("it writes what is stored") { try output() == Recording.text((0..<3).map(line)) }
      try await append(3..<5)
      try await eventually("it writes what comes") { try output() == Recording.text((0..<5).map(line)) }
      try await store.flush()
      try await append(5..<6)
      try await store.finish(key)
      try await eventually("it ends") { !following.process.isRunning }
      #expect(try output() == Recording.text((0..<6).map(line)))
      #expect(following.process.terminationStatus == 0)
      try await store.close()

      let events = try tool.run("tail", "store", "s-1", "--json").objects()
      #expect(events.map { $0["schema"] as? Int } == Array(repeating: 1, count: 6))
      #expect(events.map { $0["window"] as? String } == Array(repeating: "w1", count: 6))
      #expect(events.map { $0["timestampMs"] as? Int } == (0..<6).map { 1_795_000_000_000 + $0 })
      #expect(events.compactMap { ($0["event"] as? [String: Any])?["timestamp"] as? Int }.count == 6)
      let cursor = try #require(events[3]["cursor"] as? String)
      #expect(try tool.run("tail", "store", "s-1", "--after", cursor).text == Recording.text((4..<6).map(line)))
    }
  }

  @Test("once gives what is there of a session that goes on; unknown sessions and cursors are told")
  func once() async throws {
    try await ToolProcess.inFolder { tool in
      try #require(try Recording.importAll(tool).status == 0)
      let all = try tool.run("tail", "store", "hand-1", "--once")
      #expect(all.text == Recording.text(Recording.arrival) && all.status == 0)
      let joined = try tool.run("tail", "store", "hand-1", "--once", "--from-keyframe")
      #expect(joined.text.utf8.count < all.text.utf8.count && all.text.hasSuffix(String(joined.text.suffix(100))))
      #expect(try tool.run("tail", "store", "hand-9").status == 3)
      #expect(try tool.run("tail", "store", "hand-1", "--after", "x").status == 64)
      let unknown = try tool.run("tail", "store", "hand-1", "--after", "1-99999")
      #expect(unknown.status == 64 && unknown.errors.contains("cursor"), "\(unknown.errors)")
    }
  }
}
