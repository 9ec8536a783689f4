import HTTPTypes
import ReplayServer
import SegmentEngine
import Testing

@Suite("Events are given by time, by window, from a keyframe, and behind a cursor")
struct EventTests {
  private let key = SessionKey(project: "shop", id: "s1")
  private let events = Sample.events(400)

  /// Half in packs, in many blocks, half live.
  private func routes(_ test: @Sendable @escaping (Client, ReplayStore) async throws -> Void) async throws {
    try await Scene().routes { (client, store) async throws in
      try await store.append(Sample.batch(Array(events[..<250])), to: key, window: "a")
      try await store.flush()
      try await store.append(Sample.batch(Array(events[250...])), to: key, window: "b")
      try await test(client, store)
    }
  }

  private func get(_ client: Client, _ query: String) async throws -> Client.Answer {
    try await client(.get, Sample.address(key, "/events\(query)"))
  }

  @Test("All of them, byte for byte as NDJSON")
  func all() async throws {
    try await routes { (client, store) async throws in
      let answer = try await get(client, "")
      #expect(answer.lines == events && answer.bytes == Sample.batch(events))
      #expect(answer.header("Content-Type") == "application/x-ndjson")
      #expect(try await get(client, "?order=time").lines == events)
      #expect(try await store.byteRanges(in: key).blocks.count > 1)
    }
  }

  @Test("A range of time is half open", arguments: [(0, 400), (10, 20), (249, 251), (399, 400), (10, 10)])
  func range(_ from: Int, _ to: Int) async throws {
    try await routes { (client, _) async throws in
      let query = "?from=\(Int(Sample.time(from)))&to=\(Int(Sample.time(to)))"
      #expect(try await get(client, query).lines == Array(events[from..<to]))
      #expect(try await get(client, "?from=\(Int(Sample.time(from)))").lines == Array(events[from...]))
      #expect(try await get(client, "?to=\(Int(Sample.time(to)))").lines == Array(events[..<to]))
    }
  }

  @Test("A window by itself")
  func window() async throws {
    try await routes { (client, _) async throws in
      #expect(try await get(client, "?window=a").lines == Array(events[..<250]))
      #expect(try await get(client, "?window=b").lines == Array(events[250...]))
      #expect(try await get(client, "?window=none").lines.isEmpty)
    }
  }

  @Test("Playback begins at the keyframe before, and ends where it is told to; what it cannot do is said")
  func playback() async throws {
    try await routes { (client, store) async throws in
      let middle = Int(Sample.time(100))
      let whole = try await get(client, "?at=\(middle)&window=a")
      #expect(whole.lines == Array(events[..<250]) && whole.header("Replay-Gap") == nil)
      let cut = try await get(client, "?from-keyframe=1&from=\(middle)&to=\(Int(Sample.time(120)))&window=a")
      #expect(cut.lines == Array(events[..<120]))
      #expect(try await get(client, "?at=start&window=a").lines == Array(events[..<250]))
      #expect(try await get(client, "?at=\(middle)&window=b").header("Replay-Gap") == "noKeyframe")
    }
  }

  @Test("With an envelope each event says where it stands")
  func envelope() async throws {
    try await routes { (client, _) async throws in
      let lines = try await get(client, "?envelope=1&from=\(Int(Sample.time(249)))&to=\(Int(Sample.time(251)))").lines
      #expect(lines.count == 2)
      for (line, (index, window)) in zip(lines, [(249, "a"), (250, "b")]) {
        #expect(line.hasPrefix("{\"cursor\":\"") && line.hasSuffix(",\"event\":\(events[index])}"))
        #expect(line.contains("-\(index)\",\"window\":\"\(window)\","))
      }
    }
  }

  @Test("Who polls goes on behind the last cursor")
  func polling() async throws {
    try await routes { (client, store) async throws in
      let stored = try await get(client, "?envelope=1").lines
      for index in [0, 100, 249, 250, 398] {
        let cursor = try #require(stored[index].split(separator: "\"").dropFirst(3).first)
        #expect(try await get(client, "?after=\(cursor)").lines == Array(events[(index + 1)...]))
      }
      let last = try #require(stored[399].split(separator: "\"").dropFirst(3).first)
      #expect(try await get(client, "?after=\(last)").lines.isEmpty)
      try await store.append(Sample.batch([Sample.click(500)]), to: key)
      #expect(try await get(client, "?after=\(last)").lines == [Sample.click(500)])
    }
  }

  @Test(
    "What is not right is refused before anything is sent",
    arguments: [
      "?from=x", "?from=2&to=1", "?at=x", "?after=x", "?after=1-99999", "?order=size", "?envelope=2",
    ])
  func refusals(_ query: String) async throws {
    try await routes { (client, _) async throws in
      let answer = try await get(client, query)
      #expect(answer.status == 400 && answer.code == "invalidArgument")
      let missing = try await client(.get, "/v1/projects/shop/sessions/none/events")
      #expect(missing.status == 404 && missing.code == "notFound")
    }
  }
}
