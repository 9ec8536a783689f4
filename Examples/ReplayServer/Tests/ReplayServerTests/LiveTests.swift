import Foundation
import HTTPTypes
import ReplayServer
import SegmentEngine
import Testing

@Suite("A live stream gives each event once, whatever breaks off", .timeLimit(.minutes(2)))
struct LiveTests {
  /// What happens between the cut and the asking again.
  enum Between: String, CaseIterable, Sendable {
    case nothing
    case flush
    case promotion
    case restart
    case flushBefore
  }

  private static let early = 9
  private static let late = 6

  private func append(_ store: ReplayStore, _ key: SessionKey, _ events: [String], batches: [Int]) async throws {
    var rest = events[...]
    for count in batches {
      try await store.append(Sample.batch(Array(rest.prefix(count))), to: key, window: "w")
      rest = rest.dropFirst(count)
    }
    #expect(rest.isEmpty)
  }

  @Test("Cut behind every event, and asked for again with Last-Event-ID", arguments: Between.allCases)
  func reconnect(_ between: Between) async throws {
    let scene = try Scene()
    var server = try await RunningServer.start(scene)
    // A finished session takes no more for those who watch it.
    let late = between == .promotion ? 0 : Self.late
    let events = Sample.events(Self.early + late)
    let keys = (0..<Self.early).map { SessionKey(project: "shop", id: "s\($0)") }
    for key in keys {
      try await append(server.store, key, Array(events[..<Self.early]), batches: [3, 1, 5])
      if between == .flushBefore { try await server.store.flush() }
    }
    var cut: [[ServerEvent]] = []
    for (index, key) in keys.enumerated() {
      let view = try await StreamView.follow(port: server.port, Sample.address(key, "/live")) {
        $0.recorded.count == index + 1
      }
      #expect(view.status == 200 && view.retry == "2000")
      cut.append(view.recorded)
    }
    switch between {
    case .nothing, .flushBefore: break
    case .flush: try await server.store.flush()
    case .promotion:
      for key in keys { try await server.store.finish(key) }
      try await server.store.flush()
      try await server.store.maintain()
      #expect(try await server.store.info().archivePacks.count > 0)
    case .restart:
      try await server.stop()
      server = try await RunningServer.start(scene)
    }
    for (index, key) in keys.enumerated() {
      let (first, store) = (cut[index], server.store)
      // Some come before it is asked again, some after.
      if late > 0 { try await append(store, key, Array(events[Self.early..<Self.early + 2]), batches: [2]) }
      async let rest = StreamView.follow(
        port: server.port, Sample.address(key, "/live?from-keyframe=1"), lastEventID: first.last?.id
      ) { view in
        late > 0 ? view.recorded.count == events.count - index - 1 : view.events.last?.name == "finished"
      }
      if late > 0 { try await append(store, key, Array(events[(Self.early + 2)...]), batches: [1, 3]) }
      let all = first + (try await rest).recorded
      #expect(all.map(\.data) == events, "\(between), cut behind \(index)")
      #expect(Set(all.map(\.id)).count == events.count)
      #expect(all.compactMap { $0.id?.split(separator: "-").last.flatMap { Int($0) } } == Array(events.indices))
    }
    try await server.stop()
  }

  @Test("The end of a session is told, and ends the stream, also to who has seen all of it")
  func finished() async throws {
    let server = try await RunningServer.start(try Scene())
    let key = SessionKey(project: "shop", id: "s1")
    let events = Sample.events(4)
    try await server.store.append(Sample.batch(events), to: key)
    async let watching = StreamView.follow(port: server.port, Sample.address(key, "/live")) { view in
      if view.recorded.count == 4, view.comments > 0 { Task { try await server.store.finish(key) } }
      return false
    }
    let view = try await watching
    #expect(view.isEnded && view.recorded.map(\.data) == events && view.comments > 0)
    #expect(view.events.last?.name == "finished" && view.events.last?.id == nil)
    let again = try await StreamView.follow(
      port: server.port, Sample.address(key, "/live"), lastEventID: view.lastID
    ) { _ in false }
    #expect(again.isEnded && again.events.map(\.name) == ["finished"])
    try await server.stop()
  }

  @Test("From the last keyframe; with an envelope; behind a cursor of the address")
  func forms() async throws {
    let server = try await RunningServer.start(try Scene())
    let key = SessionKey(project: "shop", id: "s1")
    let events = Sample.events(5) + [Sample.meta(5), Sample.snapshot(6), Sample.click(7)]
    try await server.store.append(Sample.batch(events), to: key, window: "w\"1")
    try await server.store.finish(key)
    func follow(_ query: String, _ id: String? = nil) async throws -> [ServerEvent] {
      try await StreamView.follow(port: server.port, Sample.address(key, "/live\(query)"), lastEventID: id) { _ in false
      }
      .recorded
    }
    let all = try await follow("")
    #expect(all.map(\.data) == events)
    #expect(try await follow("?from-keyframe=1").map(\.data) == Array(events[5...]))
    let third = try #require(all[2].id)
    #expect(try await follow("?after=\(third)").map(\.data) == Array(events[3...]))
    // Who asks again has the same address, and a newer cursor.
    #expect(try await follow("?after=\(third)", all[6].id).map(\.data) == [events[7]])
    let enveloped = try #require(try await follow("?envelope=1&after=\(third)").first)
    #expect(enveloped.data == #"{"cursor":"\#(all[3].id ?? "")","window":"w\"1","event":\#(events[3])}"#)
    try await server.stop()
  }

  @Test("An erased session ends its streams, and says why")
  func erased() async throws {
    let server = try await RunningServer.start(try Scene())
    let key = SessionKey(project: "shop", id: "s1")
    try await server.store.append(Sample.batch(Sample.events(3)), to: key)
    let view = try await StreamView.follow(port: server.port, Sample.address(key, "/live")) { view in
      if view.recorded.count == 3, view.events.count == 3 { Task { try await server.store.erase(.session(key)) } }
      return false
    }
    #expect(view.isEnded && view.events.last?.name == "erased")
    try await server.stop()
  }

  @Test("What cannot be followed is refused before the stream begins, so that no browser asks for ever")
  func refused() async throws {
    let key = SessionKey(project: "shop", id: "s1")
    try await Scene().routes { (client, store) async throws in
      try await store.append(Sample.batch(Sample.events(3)), to: key)
      #expect(try await client(.get, "/v1/projects/shop/sessions/none/live").status == 404)
      for (query, header) in [("?after=x", nil), ("", "x"), ("", "1-99"), ("?after=99-1", nil)] as [(String, String?)] {
        let answer = try await client(
          .get, Sample.address(key, "/live\(query)"), headers: header.map { ["Last-Event-ID": $0] } ?? [:])
        #expect(answer.status == 400 && answer.code == "invalidArgument", "\(query) \(header ?? "")")
      }
    }
    try await Scene().routes { options in
      options.liveStreams = 0
    } _: { (client, store) async throws in
      try await store.append(Sample.batch(Sample.events(3)), to: key)
      let answer = try await client(.get, Sample.address(key, "/live"))
      #expect(answer.status == 503 && answer.header("Retry-After") == "10" && answer.code == "overloaded")
    }
  }

  @Test("A place is given back when a client goes away")
  func places() async throws {
    let server = try await RunningServer.start(try Scene()) { $0.liveStreams = 1 }
    let key = SessionKey(project: "shop", id: "s1")
    try await server.store.append(Sample.batch(Sample.events(3)), to: key)
    for _ in 0..<5 {
      var view = StreamView()
      // The server learns of it a moment after the client went.
      while view.status != 200 {
        view = try await StreamView.follow(port: server.port, Sample.address(key, "/live")) { $0.recorded.count == 3 }
      }
      #expect(view.recorded.count == 3)
    }
    try await server.stop()
  }

  @Test("A client that does not read is waited for, and gets all of it when it does")
  func slow() async throws {
    let server = try await RunningServer.start(try Scene())
    let key = SessionKey(project: "shop", id: "s1")
    let text = String(repeating: "x", count: 20_000)
    let events = (0..<500).map { index in
      #"{"type":5,"data":{"tag":"\#(index)","payload":"\#(text)"},"timestamp":\#(Int(Sample.time(index)))}"#
    }
    for start in stride(from: 0, to: events.count, by: 50) {
      try await server.store.append(Sample.batch(Array(events[start..<start + 50])), to: key)
    }
    try await server.store.finish(key)
    let view = try await StreamView.follow(port: server.port, Sample.address(key, "/live")) { view in
      if view.recorded.count == 1 { try? await Task.sleep(for: .milliseconds(300)) }
      return false
    }
    #expect(view.isEnded && view.recorded.map(\.data) == events)
    try await server.stop()
  }
}
