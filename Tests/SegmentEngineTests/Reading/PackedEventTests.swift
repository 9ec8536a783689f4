import SegmentEngine
import Testing

@Suite("What the engine does not know passes through unharmed")
struct PackedEventTests {
  private let key = SessionKey(id: "s")
  /// zlib's header and some bytes, as rrweb's `pack` leaves them in a string: code points up to U+00FF, in UTF-8.
  private let packed = "\"x\u{9C}K\u{AB}V*\u{A9},HU\u{B2}2\u{D0}Q*\u{C9}\u{CC}M-.I\""

  @Test("Events packed whole by the recorder are stored as they are, counted, and given in every order")
  func wholeEvents() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    // Live: a packed event's time is when it was received.
    try await store.append(Sample.batch(packed, packed), to: key)
    let now = try #require(try await store.summary(of: key)?.firstReceived.millisecondsSince1970).rounded(.down)
    try await store.append(Sample.batch(Sample.click(now), packed, Sample.click(now + 1)), to: key)
    let lines = [packed, packed, Sample.click(now), packed, Sample.click(now + 1)]
    let day = Timestamp(millisecondsSince1970: now - 86_400_000)..<Timestamp(millisecondsSince1970: now + 86_400_000)
    for round in 0..<2 {
      let read = try await store.events(in: key).all()
      #expect(read.lines == lines)
      #expect(read.events.map(\.kind) == [.packed, .packed, .mouseInteraction, .packed, .mouseInteraction])
      #expect(read.events.map { $0.timestamp == nil } == [true, true, false, true, false])
      #expect(read.events.map(\.type) == [-1, -1, 3, -1, 3])
      for order in [EventOrder.arrival, .time] {
        let range = try await store.events(in: key, time: day, order: order).all()
        #expect(range.lines.count { $0 == packed } == 3, "\(order), round \(round)")
        #expect(range.lines.count == 5, "\(order), round \(round)")
      }
      #expect(try await store.playback(of: key).all().lines.count == 5)
      let summary = try #require(try await store.summary(of: key))
      #expect(summary.packedEvents == 3 && summary.events == 5)
      #expect(try await store.info().packedEvents == 3)
      if round == 0 { try await store.flush() }
    }
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("Events whose data is packed have a type and a time")
  func packedData() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    // posthog-js: gzip in a string in place of data.
    let event =
      "{\"type\":2,\"data\":\"\\u001f\u{8B}\\b\\u0000abc\",\"cv\":\"2024-10\",\"timestamp\":\(Sample.number(Sample.base))}"
    try await store.add([event, Sample.click(Sample.base + 1)], to: key)
    for _ in 0..<2 {
      let read = try await store.playback(of: key, at: .at(Timestamp(millisecondsSince1970: Sample.base))).all()
      #expect(read.lines == [event, Sample.click(Sample.base + 1)] && read.gaps.isEmpty)
      #expect(try await store.summary(of: key)?.packedEvents == 1)
      try await store.flush()
    }
    try await store.close()
  }

  @Test("Unknown types, sources and fields survive byte for byte")
  func unknown() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let events = [
      #"{"type":99,"data":null,"timestamp":1760000000000}"#,
      #"{"type":65535,"timestamp":1760000000001,"extra":{"type":2,"deep":[[[1e400,-0,1E+2]]]}}"#,
      #"{"type":3,"data":{"source":47},"timestamp":1760000000002}"#,
      #"{"type":3,"data":{"source":-1,"x":"\ud83d"},"timestamp":1760000000003}"#,
      #"{"timestamp":1760000000004.125,"type":3,"data":{}}"#,
      #"{"delay":5,"type":3,"data":{"source":16},"timestamp":1.760000000005e12}"#,
      #"{"type":7,"data":{"url":"é  😀"},"timestamp":1760000000006}"#,
      #"{ "type" : 5 , "data" : { "tag" : "a \" b" , "payload" : { } } , "timestamp" : 1760000000007 }"#,
    ]
    try await store.add(events, to: key)
    for _ in 0..<2 {
      let read = try await store.events(in: key).all()
      #expect(read.lines == events)
      #expect(read.events.map(\.type) == [99, 65_535, 3, 3, 3, 3, 7, 5])
      #expect(
        read.events.map { $0.timestamp?.millisecondsSince1970 }
          == [0, 1, 2, 3, 4.125, 5, 6, 7].map { Sample.base + $0 })
      #expect(try await store.events(in: key, order: .time).all().lines == events)
      try await store.flush()
    }
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("An event much larger than a block is a block of its own")
  func largeEvent() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    var generator = SeededGenerator(seed: 7)
    let large = Sample.snapshot(Sample.base + 1, text: generator.letters(300_000))
    let events = [Sample.click(Sample.base), Sample.meta(Sample.base + 1), large, Sample.click(Sample.base + 2)]
    try await store.add(events, to: key)
    try await store.flush()
    #expect(try await store.events(in: key).all().lines == events)
    let blocks = try await store.byteRanges(in: key).blocks
    #expect(blocks.contains { $0.keyframes == 1 && $0.events == 2 })
    #expect(try await store.playback(of: key).all().lines == Array(events[1...]))
    try await store.close()
  }
}
