import CSegmentEngine
import Foundation

/// A store as a C program has it.
struct CStore: Sendable {
  let handle: CHandle

  static func open(_ folder: URL, _ mode: segment_mode = SEGMENT_READ_WRITE) throws -> CStore {
    var store: OpaquePointer?
    try COutcome.of { segment_store_open(folder.path, mode, nil, &store, $0) }.succeed()
    return CStore(handle: CHandle(pointer: store))
  }

  func free() { segment_store_free(handle.pointer) }

  func close() -> COutcome { COutcome.of { segment_store_close(handle.pointer, $0) } }

  func flush() -> COutcome { COutcome.of { segment_store_flush(handle.pointer, $0) } }

  func finish(_ session: String) -> COutcome {
    COutcome.of { segment_store_finish(handle.pointer, "p", session, $0) }
  }

  func erase(_ session: String) -> COutcome {
    COutcome.of { segment_store_erase_session(handle.pointer, "p", session, nil, $0) }
  }

  /// Appends; `change` may change the batch before.
  func append(
    _ text: String, to session: String, batchID: String? = nil, change: (inout segment_batch) -> Void = { _ in }
  ) -> (outcome: COutcome, receipt: segment_append_receipt) {
    var receipt = segment_append_receipt()
    receipt.struct_size = MemoryLayout<segment_append_receipt>.size
    let bytes = Array(text.utf8)
    let outcome = bytes.withUnsafeBytes { bytes in
      "p".withCString { project in
        session.withCString { session in
          Self.with(batchID) { batchID in
            var batch = segment_batch()
            batch.struct_size = MemoryLayout<segment_batch>.size
            batch.project = project
            batch.session = session
            batch.batch_id = batchID
            batch.events = bytes.baseAddress
            batch.length = bytes.count
            change(&batch)
            return COutcome.of { segment_store_append(handle.pointer, &batch, &receipt, $0) }
          }
        }
      }
    }
    return (outcome, receipt)
  }

  /// All that a poll gives now.
  func poll(_ session: String, after cursor: segment_cursor? = nil) throws -> Polled {
    var events: OpaquePointer?
    let opened = COutcome.of { error in
      guard var cursor else { return segment_store_poll(handle.pointer, "p", session, nil, 0, &events, error) }
      return segment_store_poll(handle.pointer, "p", session, &cursor, 0, &events, error)
    }
    try opened.succeed()
    defer { segment_events_free(events) }
    return try Self.drain(CHandle(pointer: events), after: cursor)
  }

  /// The events of the session as they came.
  func events(_ session: String, _ range: segment_range? = nil) throws -> Polled {
    var events: OpaquePointer?
    let opened = COutcome.of { error in
      guard var range = range else {
        return segment_store_events(handle.pointer, "p", session, nil, &events, error)
      }
      return segment_store_events(handle.pointer, "p", session, &range, &events, error)
    }
    try opened.succeed()
    defer { segment_events_free(events) }
    return try Self.drain(CHandle(pointer: events), after: nil)
  }

  struct Polled: Sendable {
    var text = ""
    var events: UInt64 = 0
    var last: segment_cursor?
    var isFinished = false
  }

  private static func drain(_ events: CHandle, after cursor: segment_cursor?) throws -> Polled {
    var polled = Polled(last: cursor)
    while true {
      var chunk: UnsafePointer<segment_chunk>?
      try COutcome.of { segment_events_next(events.pointer, &chunk, $0) }.succeed()
      guard let facts = chunk?.pointee else { return polled }
      polled.text += String(
        decoding: UnsafeBufferPointer(start: facts.ndjson, count: facts.length), as: UTF8.self)
      polled.events += facts.events
      if facts.events > 0 { polled.last = facts.last }
      polled.isFinished = facts.is_finished == 1
    }
  }

  private static func with<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let text else { return body(nil) }
    return text.withCString { body($0) }
  }

  /// Events, the first a keyframe.
  static func batch(_ range: Range<Int>) -> String {
    range.map {
      "{\"type\":\($0 == range.lowerBound ? 2 : 3),\"data\":{\"n\":\($0)},\"timestamp\":\(1_795_456_700_000 + $0)}\n"
    }
    .joined()
  }
}
