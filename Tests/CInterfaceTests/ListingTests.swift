import CSegmentEngine
import Foundation
import Testing

@Suite("listings from C")
struct ListingTests {
  private static func names(_ store: CStore, _ query: segment_session_query?) throws -> (names: [String], next: String?)
  {
    var sessions: OpaquePointer?
    let opened = COutcome.of { error in
      guard var query else { return segment_store_sessions(store.handle.pointer, nil, &sessions, error) }
      query.struct_size = MemoryLayout<segment_session_query>.size
      return segment_store_sessions(store.handle.pointer, &query, &sessions, error)
    }
    try opened.succeed()
    defer { segment_sessions_free(sessions) }
    var names: [String] = []
    while true {
      var session: UnsafePointer<segment_session>?
      try COutcome.of { segment_sessions_next(sessions, &session, $0) }.succeed()
      guard let session else { break }
      names.append(String(cString: session.pointee.session))
    }
    return (names, segment_sessions_position(sessions).map { String(cString: $0) })
  }

  @Test("all sessions come over many pages, or page by page with a limit, newest first")
  func pages() async throws {
    try await Scratch.inFolder { folder in
      try await onThread {
        let store = try CStore.open(folder.appendingPathComponent("store"))
        defer { store.free() }
        #expect(try Self.names(store, nil).names.isEmpty)
        // More than the library reads at a time.
        for number in 0..<250 {
          let event = "{\"type\":3,\"data\":{},\"timestamp\":\(1_795_456_700_000 + number * 1_000)}"
          try store.append(event, to: "s-\(number)") { $0.durability = SEGMENT_BUFFERED }.outcome.succeed()
        }
        let expected = (0..<250).reversed().map { "s-\($0)" }
        let all = try Self.names(store, nil)
        #expect(all.names == expected && all.next == nil)
        var names: [String] = []
        var next: String?
        repeat {
          var query = segment_session_query()
          query.limit = 60
          let page =
            try next.map { next in
              try next.withCString { after in
                query.after = after
                return try Self.names(store, query)
              }
            } ?? Self.names(store, query)
          #expect(page.names.count == 60 || page.next == nil)
          names += page.names
          next = page.next
        } while next != nil
        #expect(names == expected)
      }
    }
  }

  @Test("a session's facts are those of the engine, with NaN for times that are not known")
  func facts() async throws {
    try await Scratch.inFolder { folder in
      try await onThread {
        let store = try CStore.open(folder.appendingPathComponent("store"))
        defer { store.free() }
        let page =
          "{\"type\":4,\"data\":{\"href\":\"https://shop.test/é\",\"width\":1,\"height\":1},\"timestamp\":1795456700000}\n"
        try "tab".withCString { window in
          try "v-1".withCString { visitor in
            try store.append(page + CStore.batch(5..<9), to: "s") { ($0.window, $0.visitor) = (window, visitor) }
              .outcome.succeed()
          }
        }
        let set = "plan".withCString { plan in
          "pro".withCString { pro in
            "stage".withCString { stage in
              let tags = [segment_tag(key: stage, value: pro), segment_tag(key: plan, value: pro)]
              return COutcome.of { segment_store_set_tags(store.handle.pointer, "p", "s", tags, tags.count, $0) }
            }
          }
        }
        try set.succeed()
        var sessions: OpaquePointer?
        try COutcome.of { segment_store_session(store.handle.pointer, "p", "s", &sessions, $0) }.succeed()
        defer { segment_sessions_free(sessions) }
        var session: UnsafePointer<segment_session>?
        try COutcome.of { segment_sessions_next(sessions, &session, $0) }.succeed()
        let facts = try #require(session?.pointee)
        #expect(String(cString: facts.project) == "p" && String(cString: facts.visitor) == "v-1")
        #expect(facts.events == 5 && facts.page_views == 1 && facts.next_sequence == 5)
        #expect(facts.start_ms == 1_795_456_700_000 && facts.end_ms == 1_795_456_700_008)
        #expect(facts.finished_ms.isNaN && facts.expires_ms.isNaN && facts.rule == nil && facts.keep_rate == 1)
        #expect(
          facts.is_live == 1 && facts.is_pinned == 0
            && facts.raw_bytes == UInt64((page + CStore.batch(5..<9)).utf8.count))
        try #require(facts.window_count == 1 && facts.page_count == 1 && facts.tag_count == 2)
        #expect(facts.windows[0].map { String(cString: $0) } == "tab")
        #expect(facts.pages[0].map { String(cString: $0) } == "https://shop.test/é")
        #expect(String(cString: facts.tags[0].key) == "plan" && String(cString: facts.tags[1].value) == "pro")
        try COutcome.of { segment_sessions_next(sessions, &session, $0) }.succeed()
        #expect(session == nil)
        // Twice the same key, and a tag removed.
        let twice = "plan".withCString { plan in
          let tags = [segment_tag(key: plan, value: nil), segment_tag(key: plan, value: plan)]
          return COutcome.of { segment_store_set_tags(store.handle.pointer, "p", "s", tags, 2, $0) }
        }
        #expect(twice.code == SEGMENT_INVALID_ARGUMENT && twice.message.contains("plan"))
        var none: OpaquePointer?
        #expect(
          COutcome.of { segment_store_session(store.handle.pointer, "p", "t", &none, $0) }.code == SEGMENT_NOT_FOUND)
      }
    }
  }
}
