import NIOCore
import NIOHTTP1
import ReplayServer
import SegmentEngine
import Testing

@Suite("Stopping loses nothing that was acknowledged", .timeLimit(.minutes(2)))
struct ShutdownTests {
  private let key = SessionKey(project: "shop", id: "s1")

  @Test("A request that is half sent is taken in; live streams end; then the store is closed")
  func inFlight() async throws {
    let scene = try Scene()
    let server = try await RunningServer.start(scene)
    try await server.store.append(Sample.batch(Sample.events(3)), to: key)
    let (seen, sees) = AsyncStream<Void>.makeStream()
    let watching = Task { [key] in
      try await StreamView.follow(port: server.port, Sample.address(key, "/live")) { view in
        if view.recorded.count == 3 { sees.finish() }
        return false
      }
    }
    for await _ in seen {}
    let connection = try await Connection.open(port: server.port)
    let body = Sample.batch(Sample.events(10, from: 3))
    let status = try await connection.channel.executeThenClose { inbound, outbound in
      try await outbound.write(
        Connection.head(.POST, Sample.address(key, "/batches?batch=1"), [("Content-Length", "\(body.count)")]))
      try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body.prefix(100)))))
      while server.uploads == 0 { await Task.yield() }
      await server.beginToStop()
      // It has stopped taking connections when the stream has ended.
      let view = try await watching.value
      #expect(view.isEnded && view.recorded.count == 3)
      try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body.dropFirst(100)))))
      try await outbound.write(.end(nil))
      var status: HTTPResponseStatus?
      for try await part in inbound {
        if case .head(let head) = part { status = head.status }
        if case .end = part { break }
      }
      return status
    }
    #expect(status == .ok)
    try await server.stop()
    let store = try await ReplayStore.open(scene.path, mode: .readOnly)
    #expect(try await store.summary(of: key)?.events == 13)
    try await store.close()
  }

  @Test("A client that does not read holds up the stopping for no longer than it may")
  func stalled() async throws {
    let scene = try Scene()
    let server = try await RunningServer.start(scene) { $0.shutdownSeconds = 0.2 }
    let text = String(repeating: "x", count: 1 << 20)
    for index in 0..<40 {
      let event = #"{"type":5,"data":{"tag":"t","payload":"\#(text)"},"timestamp":\#(Int(Sample.time(index)))}"#
      try await server.store.append(Sample.batch([event]), to: key)
    }
    let connection = try await Connection.open(port: server.port)
    try await connection.channel.executeThenClose { inbound, outbound in
      try await outbound.write(Connection.head(.GET, Sample.address(key, "/live")))
      try await outbound.write(.end(nil))
      var iterator = inbound.makeAsyncIterator()
      let first = try await iterator.next()
      #expect(first != nil)
      // It is cut off: the store is closed though the client still has its connection.
      try await server.stop()
    }
    let store = try await ReplayStore.open(scene.path)
    #expect(try await store.summary(of: key)?.events == 40)
    try await store.close()
  }

  @Test("Under load, every batch that was acknowledged is there afterwards, once")
  func load() async throws {
    let scene = try Scene()
    let server = try await RunningServer.start(scene)
    let (answers, answered) = AsyncStream<Void>.makeStream()
    let stopping = Task {
      // Enough are under way.
      for await _ in answers.prefix(100) {}
      try await server.stop()
    }
    let acknowledged = await withTaskGroup { group in
      for sender in 0..<8 {
        group.addTask {
          let key = SessionKey(project: "shop", id: "sender\(sender)")
          // Until the server takes no more.
          var number = 0
          while number < 10_000 {
            let body = Sample.batch(Sample.events(2, from: 2 * number))
            let path = Sample.address(key, "/batches?batch=\(number)")
            guard (try? await Connection.post(port: server.port, path, body)) == 200 else { break }
            number += 1
            answered.yield()
          }
          return (id: key.id, batches: number)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    answered.finish()
    try await stopping.value
    let store = try await ReplayStore.open(scene.path, mode: .readOnly)
    for (id, batches) in acknowledged {
      var lines: [String] = []
      for try await chunk in store.events(in: SessionKey(project: "shop", id: id)) {
        lines += String(decoding: chunk.ndjson, as: UTF8.self).split(separator: "\n").map(String.init)
      }
      let sent = Sample.events(2 * batches)
      #expect(lines.count >= sent.count && Array(lines.prefix(sent.count)) == sent)
      // One more may be stored whose answer was cut off.
      #expect(lines.count <= sent.count + 2)
    }
    try await store.close()
  }
}
