import HTTPTypes
import ReplayServer
import SegmentEngine
import Testing

@Suite("Other sites' pages may send where they are allowed to")
struct CrossOriginTests {
  private let address = "/v1/projects/shop/sessions/s1/batches"

  private func routes(
    _ origins: [String], _ test: @Sendable @escaping (Client) async throws -> Void
  ) async throws {
    try await Scene().routes(withTokens: true) { options in
      options.allowedOrigins = origins
    } _: { client, _ in
      try await test(client)
    }
  }

  @Test("A preflight of an allowed origin is answered without a token")
  func preflight() async throws {
    try await routes(["https://shop.test", "https://b.test"]) { (client) async throws in
      let answer = try await client(
        .options, address,
        headers: [
          "Origin": "https://shop.test", "Access-Control-Request-Method": "POST",
          "Access-Control-Request-Headers": "batch-id,content-encoding",
        ])
      #expect(answer.status == 204)
      #expect(answer.header("Access-Control-Allow-Origin") == "https://shop.test")
      #expect(answer.header("Access-Control-Allow-Methods")?.contains("POST") == true)
      for name in ["Authorization", "Batch-ID", "Content-Encoding", "Content-Type"] {
        #expect(answer.header("Access-Control-Allow-Headers")?.contains(name) == true)
      }
      #expect(answer.header("Access-Control-Max-Age") == "600" && answer.header("Vary") == "Origin")
      #expect(answer.header("Access-Control-Allow-Credentials") == nil)
    }
  }

  @Test(
    "Others are told nothing that would let them",
    arguments: ["https://evil.test", "https://shop.test.evil.test", "http://shop.test", "null"])
  func refused(_ origin: String) async throws {
    try await routes(["https://shop.test"]) { (client) async throws in
      for method in [.options, .post] as [HTTPRequest.Method] {
        let answer = try await client(method, address, headers: ["Origin": origin])
        #expect(answer.header("Access-Control-Allow-Origin") == nil && answer.header("Vary") == "Origin")
      }
    }
  }

  @Test("Answers and errors of requests can be read by allowed origins")
  func answers() async throws {
    try await routes(["https://shop.test"]) { (client) async throws in
      let origin = ["Origin": "https://shop.test", "Content-Type": "text/plain"]
      let stored = try await client(
        .post, address + "?token=\(Scene.ingest)", Sample.batch(Sample.events(3)), headers: origin)
      #expect(stored.status == 200 && stored.header("Access-Control-Allow-Origin") == "https://shop.test")
      let refused = try await client(.post, address, headers: origin)
      #expect(refused.status == 401 && refused.header("Access-Control-Allow-Origin") == "https://shop.test")
      #expect(refused.header("Access-Control-Expose-Headers")?.contains("Retry-After") == true)
    }
  }

  @Test("With * all origins are allowed, none by name")
  func all() async throws {
    try await routes(["*"]) { (client) async throws in
      let answer = try await client(.options, address, headers: ["Origin": "https://any.test"])
      #expect(answer.header("Access-Control-Allow-Origin") == "*" && answer.header("Vary") == nil)
    }
  }
}
