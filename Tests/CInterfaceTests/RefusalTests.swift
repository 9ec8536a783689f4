import CSegmentEngine
import Foundation
import Testing

/// What a C caller does wrong costs it an error, never the process.
@Suite("mistakes of C callers")
struct RefusalTests {
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

  /// Each function that can fail, called with nothing but NULL and zeros.
  private static let calls: [String: @Sendable (UnsafeMutablePointer<OpaquePointer?>?) -> segment_code] = [
    "segment_store_open": { segment_store_open(nil, SEGMENT_READ_WRITE, nil, nil, $0) },
    "segment_store_close": { segment_store_close(nil, $0) },
    "segment_cursor_format": { segment_cursor_format(segment_cursor(), nil, 0, $0) },
    "segment_cursor_parse": { segment_cursor_parse(nil, nil, $0) },
    "segment_store_append": { segment_store_append(nil, nil, nil, $0) },
    "segment_store_finish": { segment_store_finish(nil, nil, nil, $0) },
    "segment_store_set_tags": { segment_store_set_tags(nil, nil, nil, nil, 0, $0) },
    "segment_store_events": { segment_store_events(nil, nil, nil, nil, nil, $0) },
    "segment_store_playback": {
      segment_store_playback(nil, nil, nil, SEGMENT_FROM_START, 0, nil, nil, $0)
    },
    "segment_store_poll": { segment_store_poll(nil, nil, nil, nil, 0, nil, $0) },
    "segment_events_next": { segment_events_next(nil, nil, $0) },
    "segment_store_sessions": { segment_store_sessions(nil, nil, nil, $0) },
    "segment_store_session": { segment_store_session(nil, nil, nil, nil, $0) },
    "segment_sessions_next": { segment_sessions_next(nil, nil, $0) },
    "segment_store_flush": { segment_store_flush(nil, $0) },
    "segment_store_maintain": { segment_store_maintain(nil, 0, nil, $0) },
    "segment_store_erase_session": { segment_store_erase_session(nil, nil, nil, nil, $0) },
    "segment_store_erase_visitor": { segment_store_erase_visitor(nil, nil, nil, nil, $0) },
    "segment_store_erase_tag": { segment_store_erase_tag(nil, nil, nil, nil, nil, $0) },
    "segment_store_erase_project": { segment_store_erase_project(nil, nil, nil, $0) },
  ]

  @Test("every function refuses NULL, with a message and without a place for one")
  func nothing() throws {
    let fallible = try Repository.functions().filter { $0.value == "segment_code" && $0.key != "segment_error_code" }
    #expect(Set(fallible.keys) == Set(Self.calls.keys))
    for (name, call) in Self.calls {
      let outcome = COutcome.of(call)
      #expect(outcome.code == SEGMENT_INVALID_ARGUMENT && outcome.message.contains("NULL"), "\(name)")
      #expect(call(nil) == SEGMENT_INVALID_ARGUMENT, "\(name)")
    }
    for free in [segment_store_free, segment_events_free, segment_sessions_free, segment_error_free] {
      free(nil)
    }
    segment_erasure_free(nil)
    #expect(segment_error_code(nil) == SEGMENT_OK)
    #expect(String(cString: segment_error_message(nil)) == "")
    #expect(segment_error_event(nil) == -1 && segment_error_offset(nil) == -1 && segment_error_errno(nil) == 0)
    #expect(segment_sessions_position(nil) == nil)
  }

  @Test("a store refuses NULL where text is needed, and leaves NULL where a result would be")
  func missingText() async throws {
    try await Self.withStore { store, _ in
      let pointer = store.handle.pointer
      var result = pointer
      #expect(COutcome.of { segment_store_poll(pointer, nil, "s", nil, 0, &result, $0) }.message.contains("project"))
      #expect(result == nil)
      result = pointer
      #expect(COutcome.of { segment_store_session(pointer, "p", nil, &result, $0) }.message.contains("session ID"))
      #expect(result == nil)
      #expect(
        store.append("", to: "s") {
          $0.events = nil
          $0.length = 5
        }.outcome.message.contains("events"))
      #expect(store.append("", to: "s") { $0.events = nil }.outcome.code == SEGMENT_EMPTY_BATCH)
      #expect(store.append("", to: "s") { $0.project = nil }.outcome.message.contains("project"))
      #expect(COutcome.of { segment_store_set_tags(pointer, "p", "s", nil, 1, $0) }.message.contains("tags"))
      #expect(COutcome.of { segment_store_set_tags(pointer, "p", "s", nil, -1, $0) }.code == SEGMENT_INVALID_ARGUMENT)
    }
  }

  @Test("text that is too long, not UTF-8, or holds control characters is refused")
  func wrongText() async throws {
    try await Self.withStore { store, _ in
      let event = CStore.batch(0..<1)
      #expect(store.append(event, to: String(repeating: "s", count: 256)).outcome.code == SEGMENT_OK)
      #expect(store.append(event, to: String(repeating: "s", count: 257)).outcome.code == SEGMENT_INVALID_ARGUMENT)
      #expect(store.append(event, to: "").outcome.code == SEGMENT_INVALID_ARGUMENT)
      #expect(store.append(event, to: "a\nb").outcome.code == SEGMENT_INVALID_ARGUMENT)
      for bytes: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0x73, 0xF8]] {
        let outcome = (bytes + [0]).withUnsafeBytes { bytes in
          store.append(event, to: "s") { batch in
            batch.visitor = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
          }.outcome
        }
        #expect(outcome.code == SEGMENT_INVALID_ARGUMENT && outcome.message.contains("UTF-8"), "\(bytes)")
      }
    }
  }

  @Test("values that no enumeration has, unknown flags and numbers out of range are refused")
  func wrongNumbers() async throws {
    try await Self.withStore { store, path in
      let pointer = store.handle.pointer
      let event = CStore.batch(0..<1)
      var result: OpaquePointer?
      #expect(
        store.append(event, to: "s") { $0.durability = segment_durability(7) }.outcome.code == SEGMENT_INVALID_ARGUMENT)
      #expect(store.append(event, to: "s") { $0.flags = 4 }.outcome.code == SEGMENT_INVALID_ARGUMENT)
      #expect(store.append(event, to: "s") { $0.length = -1 }.outcome.code == SEGMENT_BATCH_TOO_LARGE)
      #expect(COutcome.of { segment_store_maintain(pointer, 128, nil, $0) }.code == SEGMENT_INVALID_ARGUMENT)
      for (from, ms) in [
        (segment_playback_from(3), 0), (SEGMENT_FROM_TIME, Double.nan), (SEGMENT_FROM_OFFSET, .infinity),
      ] {
        let outcome = COutcome.of { segment_store_playback(pointer, "p", "s", from, ms, nil, &result, $0) }
        #expect(outcome.code == SEGMENT_INVALID_ARGUMENT)
      }
      for (from, to) in [(2.0, 1.0), (.nan, 1), (1, .infinity)] {
        var range = segment_range()
        range.struct_size = MemoryLayout<segment_range>.size
        (range.from_ms, range.to_ms) = (from, to)
        #expect(throws: COutcome.Failed.self) { try store.events("s", range) }
      }
      var query = segment_session_query()
      query.struct_size = MemoryLayout<segment_session_query>.size
      query.limit = 10_001
      #expect(COutcome.of { segment_store_sessions(pointer, &query, &result, $0) }.code == SEGMENT_INVALID_ARGUMENT)
      #expect(
        COutcome.of { segment_store_open(path.path, segment_mode(3), nil, &result, $0) }.code
          == SEGMENT_INVALID_ARGUMENT)
      var options = segment_open_options()
      options.struct_size = MemoryLayout<segment_open_options>.size
      for change: (inout segment_open_options) -> Void in [
        { $0.flags = 4 }, { $0.reader_threads = 65 }, { $0.journal_bytes = 1 }, { $0.journal_bytes = .max },
        { $0.journal_seconds = -1 }, { $0.journal_seconds = .nan }, { $0.recent_hours = .infinity },
        { $0.buffered_sync_ms = 60_001 }, { $0.batch_bytes = 128 << 20 + 1 }, { $0.event_bytes = .max },
      ] {
        var wrong = options
        change(&wrong)
        let outcome = COutcome.of { segment_store_open(path.path + "-2", SEGMENT_READ_WRITE, &wrong, &result, $0) }
        #expect(outcome.code == SEGMENT_INVALID_ARGUMENT && !FileManager.default.fileExists(atPath: path.path + "-2"))
      }
    }
  }

  @Test("a handle of another kind is noticed")
  func otherKind() async throws {
    try await Self.withStore { store, _ in
      var chunk: UnsafePointer<segment_chunk>?
      let outcome = COutcome.of { segment_events_next(store.handle.pointer, &chunk, $0) }
      #expect(outcome.code == SEGMENT_INVALID_ARGUMENT && outcome.message.contains("another kind"))
    }
  }
}
