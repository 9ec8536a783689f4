import CSegmentEngine
import Foundation
import Testing

@Suite("threads of a C caller")
struct ThreadTests {
  /// Runs `body` once for each number, each on a thread of its own, and waits for all.
  private static func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<count { group.addTask { try await onThread { try body(number) } } }
      try await group.waitForAll()
    }
  }

  @Test("many threads append, read and flush on one store at once, and lose nothing")
  func shared() async throws {
    try await Scratch.inFolder { folder in
      let store = try await onThread { try CStore.open(folder.appendingPathComponent("store")) }
      try await Self.onThreads(12) { number in
        for round in 0..<15 {
          // Three threads to a session.
          let name = "s-\(number % 4)"
          let batch = CStore.batch(round..<round + 2)
          try store.append(batch, to: name, batchID: "\(number)-\(round)").outcome.succeed()
          if round % 5 == number % 5 { try store.flush().succeed() }
          let read = try store.poll(name)
          #expect(read.events % 2 == 0 && read.events >= UInt64(2 * (round + 1)))
        }
      }
      try await onThread {
        for number in 0..<4 {
          let all = try store.events("s-\(number)")
          #expect(all.events == 90 && all.last?.sequence == 89)
          #expect(all.text.split(separator: "\n").count { $0.contains("\"n\":14,") || $0.contains("\"n\":14}") } == 6)
        }
        store.free()
      }
    }
  }

  @Test("closing while others are in calls ends their calls by name, and what was acknowledged stays")
  func closing() async throws {
    try await Scratch.inFolder { folder in
      let path = folder.appendingPathComponent("store")
      let store = try await onThread { try CStore.open(path) }
      let acknowledged = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<6 {
          group.addTask {
            try await onThread {
              var count = 0
              while true {
                let outcome = store.append(CStore.batch(count..<count + 1), to: "s-\(number)").outcome
                if outcome.code != SEGMENT_OK {
                  #expect(outcome.code == SEGMENT_CLOSED, "\(outcome.message)")
                  return count
                }
                count += 1
                // The first that has come far closes the store under the others.
                if count == 40 { #expect(store.close().code == SEGMENT_OK) }
              }
            }
          }
        }
        return try await group.reduce(0) { $0 + $1 }
      }
      try await onThread {
        store.free()
        let again = try CStore.open(path, SEGMENT_READ_ONLY)
        defer { again.free() }
        var stored = 0
        for number in 0..<6 { stored += Int((try? again.events("s-\(number)").events) ?? 0) }
        #expect(acknowledged >= 40 && stored == acknowledged)
      }
    }
  }

  @Test("an iterator that two threads use at once is kept whole: a call reads on, or is refused")
  func iterators() async throws {
    try await Scratch.inFolder { folder in
      let store = try await onThread { try CStore.open(folder.appendingPathComponent("store")) }
      let events = try await onThread {
        for round in 0..<200 { try store.append(CStore.batch(round..<round + 1), to: "s").outcome.succeed() }
        var events: OpaquePointer?
        try COutcome.of { segment_store_events(store.handle.pointer, "p", "s", nil, &events, $0) }.succeed()
        return CHandle(pointer: events)
      }
      try await Self.onThreads(4) { _ in
        while true {
          var chunk: UnsafePointer<segment_chunk>?
          let outcome = COutcome.of { segment_events_next(events.pointer, &chunk, $0) }
          if outcome.code == SEGMENT_OK, chunk == nil { return }
          #expect(outcome.code == SEGMENT_OK || outcome.message.contains("another thread"), "\(outcome.message)")
        }
      }
      try await onThread {
        segment_events_free(events.pointer)
        store.free()
      }
    }
  }
}
