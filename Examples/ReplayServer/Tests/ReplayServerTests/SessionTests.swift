import HTTPTypes
import ReplayServer
import SegmentEngine
import Testing

@Suite("Sessions are listed and described")
struct SessionTests {
  private func fill(_ store: ReplayStore, _ count: Int) async throws {
    for index in 0..<count {
      // Each starts an event's time after the one before.
      let events = [Sample.meta(index), Sample.snapshot(index + 1), Sample.click(index + 2), Sample.click(index + 3)]
      try await store.append(
        Sample.batch(events), to: SessionKey(project: index % 2 == 0 ? "shop" : "blog", id: "s\(index)"), window: "w",
        visitor: "v\(index)")
    }
  }

  private func names(_ answer: Client.Answer) -> [String] {
    (answer.object["sessions"] as? [[String: Any]] ?? []).compactMap { $0["session"] as? String }
  }

  @Test("Newest first, a page at a time, each once")
  func pages() async throws {
    try await Scene().routes { (client, store) async throws in
      try await fill(store, 7)
      var seen: [String] = []
      var next: String?
      repeat {
        let answer = try await client(.get, "/v1/sessions?limit=3" + (next.map { "&after=\($0)" } ?? ""))
        #expect(answer.status == 200 && names(answer).count <= 3)
        seen += names(answer)
        next = answer.object["next"] as? String
      } while next != nil && seen.count < 100
      #expect(seen == (0..<7).reversed().map { "s\($0)" })
      #expect(names(try await client(.get, "/v1/sessions?project=shop")) == ["s6", "s4", "s2", "s0"])
      try await store.setTags(["plan": "pro"], on: SessionKey(project: "shop", id: "s4"))
      #expect(names(try await client(.get, "/v1/sessions?tag=plan%3Dpro")) == ["s4"])
      #expect(names(try await client(.get, "/v1/sessions?tag=plan")) == ["s4"])
      #expect(names(try await client(.get, "/v1/sessions?errors=1")).isEmpty)
      try await store.pin(SessionKey(project: "shop", id: "s2"))
      #expect(names(try await client(.get, "/v1/sessions?pinned=1")) == ["s2"])
    }
  }

  @Test(
    "Parameters that are not right are refused",
    arguments: ["limit=0", "limit=1001", "limit=x", "after=x", "from=x", "to=nan", "to=inf", "errors=2", "pinned=yes"])
  func parameters(_ query: String) async throws {
    try await Scene().routes { (client, _) async throws in
      let answer = try await client(.get, "/v1/sessions?\(query)")
      #expect(answer.status == 400 && answer.code == "invalidArgument")
    }
  }

  @Test("One session is described, and one that is not there is not")
  func summary() async throws {
    try await Scene().routes { (client, store) async throws in
      try await fill(store, 1)
      let key = SessionKey(project: "shop", id: "s0")
      var object = try await client(.get, Sample.address(key)).object
      #expect(object["project"] as? String == "shop" && object["session"] as? String == "s0")
      #expect(object["events"] as? Int == 4 && object["clicks"] as? Int == 2 && object["visitor"] as? String == "v0")
      #expect(object["pages"] as? [String] == ["https://shop.test/0"] && object["live"] as? Bool == true)
      #expect(object["durationMs"] as? Double == 3_000 && object["windows"] as? [String] == ["w"])
      try await store.finish(key)
      object = try await client(.get, Sample.address(key)).object
      #expect(object["live"] as? Bool == false && object["finished"] is Double)
      let missing = try await client(.get, "/v1/projects/shop/sessions/none")
      #expect(missing.status == 404 && missing.code == "notFound")
    }
  }
}
