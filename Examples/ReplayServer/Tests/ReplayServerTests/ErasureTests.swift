import HTTPTypes
import ReplayServer
import SegmentEngine
import Testing

@Suite("What must be erased is, with a receipt")
struct ErasureTests {
  private func fill(_ store: ReplayStore) async throws {
    for (project, id, visitor) in [
      ("shop", "s1", "v1"), ("shop", "s2", "v2"), ("blog", "s1", "v1"), ("blog", "s3", "v3"),
    ] {
      try await store.append(
        Sample.batch(Sample.events(5)), to: SessionKey(project: project, id: id), visitor: visitor)
    }
    try await store.flush()
  }

  private func left(_ store: ReplayStore) async throws -> Set<String> {
    Set(try await store.sessions().sessions.map(\.key.description))
  }

  @Test("One session, and it stays erased")
  func session() async throws {
    try await Scene().routes { (client, store) async throws in
      try await fill(store)
      let key = SessionKey(project: "shop", id: "s1")
      let answer = try await client(.delete, Sample.address(key))
      #expect(answer.status == 200 && answer.object["sessions"] as? Int == 1)
      #expect(answer.object["complete"] as? Bool == true && (answer.object["id"] as? String)?.count == 32)
      #expect(!answer.text.contains("s1"))
      #expect(try await left(store) == ["shop/s2", "blog/s1", "blog/s3"])
      for (method, what) in [(.get, "/events"), (.get, "/live"), (.post, "/batches")] as [(HTTPRequest.Method, String)]
      {
        let refused = try await client(method, Sample.address(key, what), Sample.batch(Sample.events(2)))
        #expect(refused.status == 410 && refused.code == "sessionErased")
      }
      #expect(try await client(.delete, "/v1/projects/shop/sessions/none").status == 404)
    }
  }

  @Test(
    "A visitor, in one project or all, a tag, a project",
    arguments: [
      (#"{"visitor":"v1"}"#, ["shop/s2", "blog/s3"]),
      (#"{"visitor":"v1","project":"blog"}"#, ["shop/s1", "shop/s2", "blog/s3"]),
      (#"{"session":"s1","project":"shop"}"#, ["shop/s2", "blog/s1", "blog/s3"]),
      (#"{"tag":{"key":"user","value":"7"}}"#, ["shop/s1", "blog/s1", "blog/s3"]),
      (#"{"project":"shop"}"#, ["blog/s1", "blog/s3"]),
    ])
  func erasures(_ body: String, _ rest: [String]) async throws {
    try await Scene().routes { (client, store) async throws in
      try await fill(store)
      try await store.setTags(["user": "7"], on: SessionKey(project: "shop", id: "s2"))
      let answer = try await client(.post, "/v1/erasures", Array(body.utf8))
      #expect(answer.status == 200 && answer.object["sessions"] as? Int == 4 - rest.count)
      #expect(try await left(store) == Set(rest))
    }
  }

  @Test(
    "A body that does not name one thing erases nothing",
    arguments: [
      "", "{}", "[]", #"{"session":"s1"}"#, #"{"visitor":"v1","session":"s1","project":"shop"}"#, #"{"visitor":""}"#,
      #"{"visitor":7}"#,
    ])
  func refused(_ body: String) async throws {
    try await Scene().routes { (client, store) async throws in
      try await fill(store)
      let answer = try await client(.post, "/v1/erasures", Array(body.utf8))
      #expect(answer.status == 400 && answer.code == "invalidArgument")
      #expect(try await left(store).count == 4)
    }
  }
}
