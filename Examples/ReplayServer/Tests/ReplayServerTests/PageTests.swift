import CoreMetrics
import Foundation
import HTTPTypes
import ReplayServer
import Testing

@Suite("The pages, and what they may do")
struct PageTests {
  @Test("The viewer's policy lets it run its own scripts and rrweb's, and be framed by nobody")
  func policy() async throws {
    try await Scene().routes(withTokens: true) { (client, _) async throws in
      let page = try await client(.get, "/")
      #expect(page.status == 200 && page.header("Content-Type") == "text/html; charset=utf-8")
      let policy = try #require(page.header("Content-Security-Policy")).split(separator: "; ")
      #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
      #expect(policy.contains("script-src 'self' https://cdn.jsdelivr.net") && policy.contains("connect-src 'self'"))
      #expect(page.header("X-Content-Type-Options") == "nosniff" && page.header("Referrer-Policy") == "no-referrer")
      #expect(page.text.contains("src=\"\(RrwebSource.publicAddress)/rrweb.min.js\"") && !page.text.contains("{{"))
      // No script in the page itself: the policy would not run it.
      for line in page.lines where line.contains("<script") { #expect(line.contains("src=\"")) }
    }
  }

  @Test(
    "Scripts and styles are served as what they are",
    arguments: [
      ("/viewer.js", "text/javascript"), ("/player.js", "text/javascript"), ("/recorder.js", "text/javascript"),
      ("/demo.js", "text/javascript"), ("/viewer.css", "text/css"),
    ])
  func assets(_ path: String, _ type: String) async throws {
    try await Scene().routes(withTokens: true) { (client, _) async throws in
      let answer = try await client(.get, path)
      #expect(answer.status == 200 && answer.header("Content-Type") == "\(type); charset=utf-8")
      #expect(answer.bytes.count > 200 && answer.header("X-Content-Type-Options") == "nosniff")
    }
  }

  @Test("The demo holds the ingest token, so it is shown to viewers only")
  func demo() async throws {
    try await Scene().routes(withTokens: true) { (client, _) async throws in
      let closed = try await client(.get, "/demo")
      #expect(closed.status == 303 && closed.header("Location") == "/#next=/demo" && closed.bytes.isEmpty)
      let open = try await client(.get, "/demo?token=\(Scene.viewer)")
      #expect(open.status == 200 && open.text.contains("data-token=\"\(Scene.ingest)\""))
      #expect(!open.text.contains(Scene.viewer) && !open.text.contains("{{"))
    }
  }

  @Test("A folder's own scripts and styles are served, and nothing else")
  func folder() async throws {
    let scene = try Scene()
    let folder = scene.folder + "/rrweb"
    try FileManager.default.createDirectory(atPath: folder + "/deeper", withIntermediateDirectories: true)
    for (name, content) in [
      ("record.js", "recorder"), ("play.js", "player"), ("look.css", "style"), (".hidden.js", "no"),
      ("secret.txt", "no"), ("deeper/other.js", "no"), ("../outside.js", "no"),
    ] { try Data(content.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
    try await scene.routes { options in
      options.rrweb = RrwebSource(location: folder, recorder: "record.js", player: "play.js", style: "look.css")
    } _: { (client, _) async throws in
      for (alias, name, content) in [
        ("recorder", "record.js", "recorder"), ("player", "play.js", "player"), ("style", "look.css", "style"),
      ] {
        let found = try await client(.get, "/rrweb/\(alias)")
        #expect(found.status == 302 && found.header("Location") == "/rrweb/files/\(name)")
        #expect(try await client(.get, "/rrweb/files/\(name)").text == content)
      }
      #expect(try await client(.get, "/rrweb/files/look.css").header("Content-Type") == "text/css; charset=utf-8")
      for path in [
        ".hidden.js", "secret.txt", "deeper/other.js", "deeper%2Fother.js", "../outside.js", "..%2Foutside.js",
        "%2e%2e%2foutside.js", "..%5Coutside.js", "record.js%00.css", "missing.js", "%2Fetc%2Fpasswd", "deeper", "",
      ] {
        #expect(try await client(.get, "/rrweb/files/\(path)").status == 404, "\(path)")
      }
      let policy = try #require(try await client(.get, "/").header("Content-Security-Policy"))
      #expect(policy.contains("script-src 'self';"))
    }
  }

  @Test("Health is told to all, unknown addresses are not found, and neither tells more")
  func health() async throws {
    try await Scene().routes(withTokens: true) { (client, _) async throws in
      let health = try await client(.get, "/healthz")
      #expect(health.status == 200 && health.text == #"{"status":"ok"}"#)
      let missing = try await client(.get, "/v2/none")
      #expect(missing.status == 404 && missing.code == "notFound")
      // Only where it counts.
      #expect(try await client(.get, "/metrics?token=\(Scene.viewer)").status == 404)
    }
  }

  @Test("Counts are written as Prometheus reads them")
  func metrics() {
    let metrics = TextMetrics()
    metrics.makeCounter(label: "a.requests", dimensions: [("path", "/x\"\\\n"), ("b-c", "1")]).increment(by: 2)
    metrics.makeCounter(label: "a.requests", dimensions: [("path", "/x\"\\\n"), ("b-c", "1")]).increment(by: 3)
    metrics.makeMeter(label: "b", dimensions: []).set(7 as Int64)
    metrics.makeTimer(label: "c", dimensions: []).recordNanoseconds(500_000_000)
    metrics.makeRecorder(label: "d", dimensions: [], aggregate: false).record(4 as Int64)
    #expect(
      metrics.text() == """
        # TYPE a_requests counter
        a_requests{path="/x\\"\\\\\\n",b_c="1"} 5.0
        # TYPE b gauge
        b 7.0
        # TYPE c summary
        c_sum 0.5
        c_count 1
        # TYPE d gauge
        d 4.0

        """)
  }
}
