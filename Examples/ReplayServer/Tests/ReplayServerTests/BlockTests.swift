import Foundation
import HTTPTypes
import ReplayServer
import SegmentEngine
import Testing

@Suite("Blocks are handed out as they are stored")
struct BlockTests {
  private let key = SessionKey(project: "shop", id: "s1")
  private let events = Sample.events(400)

  private func list(_ client: Client, _ query: String = "") async throws -> (blocks: [[String: Any]], liveFrom: Int?) {
    let object = try await client(.get, Sample.address(key, "/blocks\(query)")).object
    return (object["blocks"] as? [[String: Any]] ?? [], object["liveFrom"] as? Int)
  }

  @Test("The list says where each block lies, and each block is what its file holds there")
  func blocks() async throws {
    let scene = try Scene()
    try await scene.routes { (client, store) async throws in
      try await store.append(Sample.batch(Array(events[..<300])), to: key)
      #expect(try await list(client).blocks.isEmpty)
      #expect(try await list(client).liveFrom == 0)
      try await store.flush()
      try await store.append(Sample.batch(Array(events[300...])), to: key)
      let (blocks, liveFrom) = try await list(client)
      #expect(liveFrom == 300 && blocks.count > 1)
      var next = 0
      for (block, own) in zip(blocks, try await store.byteRanges(in: key).blocks) {
        #expect(block["firstSequence"] as? Int == next && block["codec"] as? String == own.codec)
        next += try #require(block["events"] as? Int)
        let href = try #require(block["href"] as? String)
        let answer = try await client(.get, href)
        let file = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(scene.path)/\(own.file)")))
        #expect(answer.bytes == Array(file[Int(own.offset)..<Int(own.offset) + own.length]))
        #expect(answer.bytes.count == block["length"] as? Int)
        #expect(answer.header("Content-Type") == "application/zstd")
        #expect(answer.header("Cache-Control") == "private, max-age=31536000, immutable")
        #expect(answer.header("Replay-Raw-Length") == "\(own.rawLength)" && own.rawLength == block["rawLength"] as? Int)
        #expect(answer.header("Replay-Dictionary") == nil)
      }
      #expect(next == 300)
      let some = try await list(client, "?from=\(Int(Sample.time(10)))&to=\(Int(Sample.time(11)))").blocks
      #expect(some.count == 1 && some[0]["id"] as? String == blocks[0]["id"] as? String)
    }
  }

  @Test("A block is given only with its session, and with its token")
  func authorised() async throws {
    try await Scene().routes(withTokens: true) { (client, store) async throws in
      let other = SessionKey(project: "shop", id: "s2")
      for key in [key, other] { try await store.append(Sample.batch(events), to: key) }
      try await store.flush()
      let id = try #require(try await store.byteRanges(in: key).blocks.first?.id)
      let viewer = "?token=\(Scene.viewer)"
      #expect(try await client(.get, Sample.address(key, "/blocks/\(id)\(viewer)")).status == 200)
      #expect(try await client(.get, Sample.address(key, "/blocks/\(id)")).status == 401)
      #expect(try await client(.get, Sample.address(other, "/blocks/\(id)\(viewer)")).status == 404)
      for wrong in ["x", "\(id)9", "..%2F..%2Fstore"] {
        #expect(try await client(.get, Sample.address(key, "/blocks/\(wrong)\(viewer)")).status == 404)
      }
      // The list does not repeat the token in the addresses.
      #expect(!(try await client(.get, Sample.address(key, "/blocks\(viewer)")).text.contains("token")))
    }
  }

  @Test("A block whose pack is gone says so, by promotion and by erasure")
  func gone() async throws {
    try await Scene().routes { (client, store) async throws in
      try await store.append(Sample.batch(events), to: key)
      try await store.flush()
      let href = try #require(try await list(client).blocks.first?["href"] as? String)
      #expect(try await client(.get, href).status == 200)
      try await store.finish(key)
      try await store.flush()
      try await store.maintain()
      let answer = try await client(.get, href)
      #expect(answer.status == 410 && answer.code == "blockGone")
      let newer = try #require(try await list(client).blocks.first?["href"] as? String)
      #expect(newer != href)
      #expect(try await client(.get, newer).status == 200)
      try await store.erase(.session(key))
      let erased = try await client(.get, newer)
      #expect(erased.status == 410 && erased.code == "sessionErased")
    }
  }

  @Test("A dictionary is handed out by the name that blocks give")
  func dictionary() async throws {
    try await Scene().routes { (client, store) async throws in
      let page = (0..<300).map { "shared phrase number \($0 * 7919 % 1_000) of the page" }.joined(separator: " ")
      for index in 0..<12 {
        let snapshot =
          #"{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":3,"textContent":"\#(page) \#(index)","id":2}],"id":1},"#
          + #""initialOffset":{"left":0,"top":0}},"timestamp":\#(Int(Sample.time(1)))}"#
        let key = SessionKey(project: "shop", id: "s\(index)")
        try await store.append(Sample.batch([Sample.meta(0), snapshot]), to: key, visitor: "v\(index)")
        try await store.finish(key)
      }
      try await store.flush()
      var training = DictionaryTraining()
      training.isForced = true
      let report = try await store.trainDictionary(project: "shop", options: training)
      let id = try #require(report.dictionary, "\(report.outcome)")
      let answer = try await client(.get, "/v1/dictionaries/\(id)")
      #expect(answer.status == 200 && !answer.bytes.isEmpty)
      #expect(answer.bytes == (try await store.dictionary(id)))
      try await store.maintain([.promotion])
      let packed = SessionKey(project: "shop", id: "s1")
      let object = try await client(.get, Sample.address(packed, "/blocks")).object
      let block = try #require((object["blocks"] as? [[String: Any]])?.first)
      #expect(block["dictionary"] as? String == id.description)
      #expect(block["dictionaryHref"] as? String == "/v1/dictionaries/\(id)")
      let href = try #require(block["href"] as? String)
      #expect(try await client(.get, href).header("Replay-Dictionary") == id.description)
      for wrong in ["x", "0123456789abcdef0123456789abcdef"] {
        #expect(try await client(.get, "/v1/dictionaries/\(wrong)").status == 404)
      }
    }
  }
}
