import CSegmentEngine
import Foundation
import Testing

@Suite("a store from C")
struct StoreTests {
  private static func withStore(_ body: @escaping @Sendable (CStore, URL) throws -> Void) async throws {
    try await Scratch.inFolder { folder in
      try await onThread {
        let path = folder.appendingPathComponent("store")
        let store = try CStore.open(path)
        defer { store.free() }
        try body(store, path)
      }
    }
  }

  @Test("what comes out is what went in, from journal and pack, and in a range of time")
  func roundTrip() async throws {
    try await Self.withStore { store, _ in
      try store.append(CStore.batch(0..<40), to: "s").outcome.succeed()
      try store.append(CStore.batch(40..<50), to: "s").outcome.succeed()
      let all = CStore.batch(0..<40) + CStore.batch(40..<50)
      #expect(try store.events("s").text == all)
      try store.flush().succeed()
      let packed = try store.events("s")
      #expect(packed.text == all && packed.events == 50 && packed.last?.sequence == 49)
      var range = segment_range()
      range.struct_size = MemoryLayout<segment_range>.size
      range.from_ms = 1_795_456_700_045
      #expect(try store.events("s", range).text == CStore.batch(45..<50).replacing("\"type\":2", with: "\"type\":3"))
      (range.from_ms, range.to_ms) = (0, 1_795_456_700_003)
      #expect(try store.events("s", range).text == CStore.batch(0..<3))
    }
  }

  @Test("a batch ID is accepted once; other bytes under it are a conflict, and invalid events are pointed out")
  func batches() async throws {
    try await Self.withStore { store, _ in
      let first = store.append(CStore.batch(0..<3), to: "s", batchID: "b")
      #expect(first.outcome.code == SEGMENT_OK && first.receipt.events == 3 && first.receipt.is_duplicate == 0)
      let again = store.append(CStore.batch(0..<3), to: "s", batchID: "b")
      #expect(again.outcome.code == SEGMENT_OK && again.receipt.is_duplicate == 1)
      #expect(again.receipt.first.sequence == 0 && again.receipt.received_ms == first.receipt.received_ms)
      #expect(store.append(CStore.batch(3..<6), to: "s", batchID: "b").outcome.code == SEGMENT_BATCH_CONFLICT)

      let broken = CStore.batch(0..<2) + "{\"type\":3}\n"
      let refused = store.append(broken, to: "t").outcome
      #expect(refused.code == SEGMENT_INVALID_EVENTS && refused.event == 2 && !refused.isRetryable)
      let skipped = store.append(broken, to: "t") { $0.flags = UInt32(SEGMENT_SKIP_INVALID) }
      #expect(skipped.receipt.events == 2 && skipped.receipt.rejected == 1)
      let kept = try store.events("t").text
      #expect(kept == CStore.batch(0..<2))
    }
  }

  @Test("polling gives each event once across flushes, nothing where nothing is new, and says when it is over")
  func polling() async throws {
    try await Self.withStore { store, _ in
      var text = ""
      var cursor: segment_cursor?
      for round in 0..<9 {
        try store.append(CStore.batch(round * 4..<round * 4 + 4), to: "s").outcome.succeed()
        if round % 3 == 1 { try store.flush().succeed() }
        let polled = try store.poll("s", after: cursor)
        #expect(polled.events == 4 && !polled.isFinished)
        text += polled.text
        cursor = polled.last
        #expect(try store.poll("s", after: cursor).events == 0)
      }
      #expect(try text == store.events("s").text)
      try store.finish("s").succeed()
      let ended = try store.poll("s", after: cursor)
      #expect(ended.events == 0 && ended.isFinished)
      #expect(try store.poll("s").isFinished && store.poll("s").text == text)
      let behind = segment_cursor(epoch: cursor?.epoch ?? 0, sequence: 1_000)
      let failed = #expect(throws: COutcome.Failed.self) { try store.poll("s", after: behind) }
      #expect(failed?.outcome.code == SEGMENT_INVALID_ARGUMENT)
      let missing = #expect(throws: COutcome.Failed.self) { try store.poll("none") }
      #expect(missing?.outcome.code == SEGMENT_NOT_FOUND)
    }
  }

  @Test("a second writer is refused and told who holds the store; readers are not")
  func locked() async throws {
    try await Self.withStore { store, path in
      try store.append(CStore.batch(0..<3), to: "s").outcome.succeed()
      let second = #expect(throws: COutcome.Failed.self) { try CStore.open(path) }
      #expect(second?.outcome.code == SEGMENT_LOCKED)
      #expect(second?.outcome.message.contains("\(ProcessInfo.processInfo.processIdentifier)") == true)
      let reader = try CStore.open(path, SEGMENT_READ_ONLY)
      defer { reader.free() }
      #expect(try reader.events("s").text == CStore.batch(0..<3))
      #expect(reader.append(CStore.batch(0..<1), to: "s").outcome.code == SEGMENT_WRONG_MODE)
      #expect(reader.flush().code == SEGMENT_WRONG_MODE)
    }
  }

  @Test("what is erased is gone, and the receipt says so")
  func erased() async throws {
    try await Self.withStore { store, _ in
      try store.append(CStore.batch(0..<3), to: "s").outcome.succeed()
      try store.flush().succeed()
      var receipt: UnsafePointer<segment_erasure>?
      try COutcome.of { segment_store_erase_session(store.handle.pointer, "p", "s", &receipt, $0) }.succeed()
      let facts = try #require(receipt?.pointee)
      #expect(facts.sessions == 1 && facts.segments == 1 && facts.bytes > 0 && facts.is_complete == 1)
      #expect(String(cString: facts.kind) == "session" && String(cString: facts.id).count == 32)
      for index in 0..<facts.limit_count {
        let limit = try #require(facts.limits[index])
        #expect(!String(cString: limit).isEmpty)
      }
      segment_erasure_free(receipt)
      #expect(store.append(CStore.batch(3..<6), to: "s").outcome.code == SEGMENT_SESSION_ERASED)
      #expect(store.finish("s").code == SEGMENT_SESSION_ERASED)
      let read = #expect(throws: COutcome.Failed.self) { try store.events("s") }
      #expect(read?.outcome.code == SEGMENT_SESSION_ERASED)
      #expect(store.erase("never").code == SEGMENT_NOT_FOUND)
    }
  }

  @Test("after closing every call says so, and iterators may be freed after the store")
  func closed() async throws {
    try await Scratch.inFolder { folder in
      try await onThread {
        let path = folder.appendingPathComponent("store")
        let store = try CStore.open(path)
        try store.append(CStore.batch(0..<3), to: "s").outcome.succeed()
        var events: OpaquePointer?
        var sessions: OpaquePointer?
        try COutcome.of { segment_store_poll(store.handle.pointer, "p", "s", nil, 0, &events, $0) }.succeed()
        try COutcome.of { segment_store_sessions(store.handle.pointer, nil, &sessions, $0) }.succeed()
        #expect(store.close().code == SEGMENT_OK && store.close().code == SEGMENT_OK)
        #expect(store.append(CStore.batch(3..<6), to: "s").outcome.code == SEGMENT_CLOSED)
        #expect(store.flush().code == SEGMENT_CLOSED && store.finish("s").code == SEGMENT_CLOSED)
        #expect(store.erase("s").code == SEGMENT_CLOSED)
        #expect(COutcome.of { segment_store_maintain(store.handle.pointer, 0, nil, $0) }.code == SEGMENT_CLOSED)
        store.free()
        var chunk: UnsafePointer<segment_chunk>?
        #expect(COutcome.of { segment_events_next(events, &chunk, $0) }.code == SEGMENT_CLOSED && chunk == nil)
        var session: UnsafePointer<segment_session>?
        #expect(COutcome.of { segment_sessions_next(sessions, &session, $0) }.code == SEGMENT_CLOSED)
        segment_events_free(events)
        segment_sessions_free(sessions)
        // Freeing one that nobody closed gives its lock back.
        try CStore.open(path).free()
        try CStore.open(path).free()
      }
    }
  }
}
