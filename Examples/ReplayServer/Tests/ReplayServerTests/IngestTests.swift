import HTTPTypes
import ReplayServer
import SegmentEngine
import Testing

@Suite("Batches are taken in as browsers send them")
struct IngestTests {
  private let key = SessionKey(project: "shop", id: "s1")
  private let events = Sample.events(5)

  @Test(
    "NDJSON and JSON arrays, under every type that a page can send",
    arguments: [
      nil, "application/json", "application/x-ndjson", "text/plain;charset=UTF-8", "application/octet-stream",
    ])
  func types(_ type: String?) async throws {
    try await Scene().routes { (client, store) async throws in
      for (index, body) in [Sample.batch(events), Array("[\(events.joined(separator: ","))]".utf8)].enumerated() {
        let key = SessionKey(project: "shop", id: "s\(index)")
        let answer = try await client(
          .post, Sample.address(key, "/batches?window=w1&visitor=v1"), body,
          headers: type.map { ["Content-Type": $0] } ?? [:])
        #expect(answer.status == 200)
        #expect(answer.object["events"] as? Int == 5)
        #expect(answer.object["duplicate"] as? Bool == false)
        let summary = try #require(try await store.summary(of: key))
        #expect(summary.windows == ["w1"] && summary.visitor == "v1" && summary.events == 5)
        let stored = try await client(.get, Sample.address(key, "/events"))
        #expect(stored.lines == events)
      }
    }
  }

  @Test("Names in the address may hold any character")
  func names() async throws {
    try await Scene().routes { (client, store) async throws in
      let answer = try await client(
        .post, "/v1/projects/a%20b/sessions/x%2Fy%C3%A9/batches?window=w%261", Sample.batch(events))
      #expect(answer.status == 200)
      #expect(try await store.summary(of: SessionKey(project: "a b", id: "x/yé"))?.windows == ["w&1"])
      for broken in ["%", "%2", "%zz", "%FF"] {
        let answer = try await client(.post, "/v1/projects/a/sessions/\(broken)/batches", Sample.batch(events))
        #expect(answer.status == 400 && answer.code == "invalidArgument")
      }
    }
  }

  @Test("Gzip is decompressed, also of several members; broken and endless gzip is refused and nothing stored")
  func gzip() async throws {
    try await Scene().routes { options in
      options.batchBytes = 100_000
    } _: { (client, store) async throws in
      let gzip = ["Content-Encoding": "gzip"]
      let whole = try Gzip.compress(Sample.batch(events))
      #expect(try await client(.post, Sample.address(key, "/batches"), whole, headers: gzip).status == 200)
      let two = try Gzip.compress(Sample.batch(Array(events[..<2]))) + Gzip.compress(Sample.batch(Array(events[2...])))
      let other = SessionKey(project: "shop", id: "two")
      #expect(try await client(.post, Sample.address(other, "/batches"), two, headers: gzip).status == 200)
      for key in [key, other] {
        #expect(try await client(.get, Sample.address(key, "/events")).lines == events)
      }
      let last = SessionKey(project: "shop", id: "none")
      for broken in [Array(whole.dropLast(1)), Array(whole.prefix(5)), whole + [1, 2, 3], Sample.batch(events), []] {
        let answer = try await client(.post, Sample.address(last, "/batches"), broken, headers: gzip)
        #expect(answer.status == 400 && answer.code == "invalidEncoding")
      }
      var damaged = whole
      damaged[damaged.count / 2] ^= 0xFF
      #expect(try await client(.post, Sample.address(last, "/batches"), damaged, headers: gzip).status == 400)
      // 50 MB of spaces in some 50 kB.
      let bomb = try Gzip.compress([UInt8](repeating: 0x20, count: 50 << 20))
      #expect(bomb.count < 100_000)
      let answer = try await client(.post, Sample.address(last, "/batches"), bomb, headers: gzip)
      #expect(answer.status == 413 && answer.code == "batchTooLarge")
      let brotli = try await client(.post, Sample.address(last, "/batches"), whole, headers: ["Content-Encoding": "br"])
      #expect(brotli.status == 415)
      #expect(try await store.summary(of: last) == nil)
    }
  }

  @Test("A batch ID makes sending again harmless, as a header and in the address; other bytes under it are refused")
  func duplicates() async throws {
    try await Scene().routes { (client, store) async throws in
      let batch = Sample.batch(events)
      let first = try await client(.post, Sample.address(key, "/batches"), batch, headers: ["Batch-ID": "w-1"])
      let again = try await client(.post, Sample.address(key, "/batches?batch=w-1"), batch)
      #expect(first.object["duplicate"] as? Bool == false && again.object["duplicate"] as? Bool == true)
      #expect(first.object["first"] as? String == again.object["first"] as? String)
      let other = try await client(.post, Sample.address(key, "/batches?batch=w-1"), Sample.batch([Sample.click(9)]))
      #expect(other.status == 409 && other.code == "batchConflict")
      #expect(try await store.summary(of: key)?.events == 5)
    }
  }

  @Test("What cannot be stored is refused with a status that says whether to send it again")
  func refusals() async throws {
    try await Scene().routes { options in
      options.batchBytes = 2_000
    } _: { (client, store) async throws in
      let address = Sample.address(key, "/batches")
      let large = try await client(.post, address, Sample.batch(Sample.events(100)))
      #expect(large.status == 413 && large.code == "batchTooLarge")
      let invalid = try await client(.post, address, Array(#"{"type":"x"}"#.utf8))
      #expect(invalid.status == 422 && invalid.code == "invalidEvents")
      let empty = try await client(.post, address, [])
      #expect(empty.status == 422 && empty.code == "emptyBatch")
      let type = try await client(.post, address, Sample.batch(events), headers: ["Content-Type": "text/html"])
      #expect(type.status == 415 && type.code == "unsupportedMediaType")
      let name = try await client(
        .post, address + "?window=" + String(repeating: "w", count: 200), Sample.batch(events))
      #expect(name.status == 400 && name.code == "invalidArgument")
      #expect(try await store.summary(of: key) == nil)
      let mixed = Array("{\"type\":\"x\"}\n".utf8) + Sample.batch(events)
      let skipped = try await client(.post, address + "?skip-invalid=1", mixed)
      #expect(skipped.status == 200 && skipped.object["events"] as? Int == 5)
      #expect((skipped.object["rejected"] as? [Any])?.count == 1)
    }
  }

  @Test("When too many batches are on their way, further ones are asked to come again")
  func uploads() async throws {
    try await Scene().routes { options in
      options.uploads = 0
    } _: { (client, _) async throws in
      let answer = try await client(.post, Sample.address(key, "/batches"), Sample.batch(events))
      #expect(answer.status == 429 && answer.header("Retry-After") == "1" && answer.code == "tooManyUploads")
    }
  }

  @Test("A session is finished, and one that is not there is not")
  func finish() async throws {
    try await Scene().routes { (client, store) async throws in
      #expect(try await client(.post, Sample.address(key, "/finish")).status == 404)
      try await store.append(Sample.batch(events), to: key)
      // As a beacon sends it.
      let answer = try await client(.post, Sample.address(key, "/finish"), [], headers: ["Content-Type": "text/plain"])
      #expect(answer.status == 204)
      #expect(try await store.summary(of: key)?.finished != nil)
    }
  }
}
