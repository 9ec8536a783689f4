import HTTPTypes
import ReplayServer
import SegmentEngine
import Testing

@Suite("Each token opens what it is for, and nothing else")
struct AccessTests {
  private static let session = "/v1/projects/shop/sessions/s1"
  private static let sending: [(HTTPRequest.Method, String)] = [
    (.post, session + "/batches"), (.post, session + "/finish"),
  ]
  private static let watching: [(HTTPRequest.Method, String)] = [
    (.get, "/v1/sessions"), (.get, session), (.get, session + "/events"), (.get, session + "/blocks"),
    (.get, session + "/blocks/0123456789abcdef0123456789abcdef-0"), (.get, session + "/live"), (.delete, session),
    (.get, "/v1/dictionaries/0123456789abcdef0123456789abcdef"), (.post, "/v1/erasures"),
  ]

  @Test("Every route refuses no token, a wrong one, and the one for the other side", arguments: [true, false])
  func refused(_ isSending: Bool) async throws {
    let other = isSending ? Scene.viewer : Scene.ingest
    let own = isSending ? Scene.ingest : Scene.viewer
    try await Scene().routes(withTokens: true) { (client, store) async throws in
      try await store.append(Sample.batch(Sample.events(3)), to: SessionKey(project: "shop", id: "s1"))
      for (method, path) in isSending ? Self.sending : Self.watching {
        let refusals: [([String: String], String, Int)] = [
          ([:], "", 401), (["Authorization": "Bearer \(other)"], "", 403), ([:], "?token=\(other)", 403),
          (["Authorization": "Bearer \(own)x"], "", 401), (["Authorization": "Bearer"], "", 401),
          (["Authorization": "Basic \(own)"], "", 401), ([:], "?token=\(own.dropLast())", 401), ([:], "?token=", 401),
          (["Cookie": "replay-viewer=\(own)"], "", 401), (["Cookie": "replay-viewer=zz"], "", 401),
          // The header decides where there is one.
          (["Authorization": "Bearer wrong"], "?token=\(own)", 401),
        ]
        for (headers, query, status) in refusals {
          let answer = try await client(method, path + query, headers: headers)
          #expect(answer.status == status, "\(method) \(path)\(query) \(headers)")
          #expect(answer.code == (status == 401 ? "unauthorized" : "wrongToken"))
          #expect((answer.header("WWW-Authenticate") == "Bearer") == (status == 401))
          #expect(!answer.text.contains(own) && !answer.text.contains(other))
        }
      }
      #expect(try await store.summary(of: SessionKey(project: "shop", id: "s1"))?.events == 3)
    }
  }

  @Test("The right token is taken from the header and from the address")
  func accepted() async throws {
    try await Scene().routes(withTokens: true) { (client, _) async throws in
      let batch = Sample.batch(Sample.events(3))
      let ingest = ["Authorization": "Bearer \(Scene.ingest)"]
      #expect(try await client(.post, Self.session + "/batches", batch, headers: ingest).status == 200)
      #expect(try await client(.post, Self.session + "/batches?token=\(Scene.ingest)", batch).status == 200)
      let viewer = ["Authorization": "bearer \(Scene.viewer)"]
      #expect(try await client(.get, "/v1/sessions", headers: viewer).status == 200)
      #expect(try await client(.get, "/v1/sessions?token=\(Scene.viewer)").status == 200)
    }
  }

  @Test("A login sets a cookie that opens watching and not sending; it holds the viewer's token only")
  func login() async throws {
    try await Scene().routes(withTokens: true) { (client, _) async throws in
      for token in [Scene.ingest, "wrong", ""] {
        let answer = try await client(.post, "/login", Array(#"{"token":"\#(token)"}"#.utf8))
        #expect(answer.status == 401 && answer.header("Set-Cookie") == nil)
      }
      #expect(try await client(.post, "/login", Array("token".utf8)).status == 400)
      let answer = try await client(.post, "/login", Array(#"{"token":"\#(Scene.viewer)"}"#.utf8))
      let cookie = try #require(answer.header("Set-Cookie"))
      #expect(answer.status == 204 && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
      #expect(!cookie.contains("Secure") && !cookie.contains(Scene.viewer))
      let pair = ["Cookie": String(cookie.prefix { $0 != ";" })]
      #expect(try await client(.get, "/v1/sessions", headers: pair).status == 200)
      #expect(try await client(.post, Self.session + "/batches", [], headers: pair).status == 401)
      let secure = try await client(
        .post, "/login", Array(#"{"token":"\#(Scene.viewer)"}"#.utf8), headers: ["X-Forwarded-Proto": "https"])
      #expect(secure.header("Set-Cookie")?.hasSuffix("; Secure") == true)
      #expect(try await client(.post, "/logout").header("Set-Cookie")?.contains("Max-Age=0") == true)
    }
  }

  @Test("Tokens that are short, have spaces or are the same are none")
  func tokens() throws {
    #expect(AccessToken("short") == nil)
    #expect(AccessToken("0123456789 0123456789") == nil)
    let token = try #require(AccessToken(Scene.viewer))
    #expect(AccessControl(ingest: token, viewer: token) == nil)
    #expect("\(token)" == "(secret)" && !String(reflecting: token).contains(Scene.viewer))
    var dumped = ""
    dump(try Scene.access(), to: &dumped)
    #expect(!dumped.contains(Scene.viewer) && !dumped.contains(Scene.ingest))
  }
}
