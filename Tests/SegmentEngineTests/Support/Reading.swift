import SegmentEngine
import Testing

/// All that a stream of chunks gave.
struct ReadOut: Equatable {
  var ndjson: [UInt8] = []
  var events: [EventInfo] = []
  /// The events' own bytes, as text.
  var lines: [String] = []
  var gaps: [Gap] = []

  var sequences: [UInt64] { events.map(\.sequence) }
}

extension EventChunks {
  /// Reads to the end and checks of each chunk what must hold for all.
  func all(sourceLocation: SourceLocation = #_sourceLocation) async throws -> ReadOut {
    var out = ReadOut()
    for try await chunk in self {
      let events = chunk.events
      #expect(events.count == chunk.count, sourceLocation: sourceLocation)
      #expect(chunk.lastCursor == events.last?.cursor, sourceLocation: sourceLocation)
      #expect(chunk.ndjson.isEmpty == events.isEmpty, sourceLocation: sourceLocation)
      #expect(events.last.map { $0.bytes.upperBound + 1 } ?? 0 == chunk.ndjson.count, sourceLocation: sourceLocation)
      if let gap = chunk.gapBefore { out.gaps.append(gap) }
      out.lines += events.map { String(decoding: chunk.ndjson[$0.bytes], as: UTF8.self) }
      out.events += events
      out.ndjson += chunk.ndjson
    }
    return out
  }
}

extension ReplayStore {
  /// A session's bytes in order of arrival; fails where there is a gap.
  func export(
    _ key: SessionKey, window: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let out = try await events(in: key, window: window).all(sourceLocation: sourceLocation)
    #expect(out.gaps.isEmpty, sourceLocation: sourceLocation)
    return String(decoding: out.ndjson, as: UTF8.self)
  }

  /// Appends a recording of the past.
  @discardableResult
  func add(
    _ events: [String], to key: SessionKey, window: String = "", batchID: String? = nil
  ) async throws -> AppendReceipt {
    try await append(Sample.batch(events), to: key, window: window, batchID: batchID, origin: .imported)
  }
}

/// Runs `body` and returns the engine's error; fails where it throws none.
func failure(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> StoreError? {
  do {
    try await body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    return nil
  } catch let error as StoreError {
    return error
  } catch {
    Issue.record("another error than the engine's: \(error)", sourceLocation: sourceLocation)
    return nil
  }
}

/// Waits until something holds that another thread brings about; fails after five minutes, which a busy machine may need.
func eventually(
  _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ holds: () async throws -> Bool
) async throws {
  let clock = ContinuousClock()
  let end = clock.now.advanced(by: .seconds(300))
  while try await !holds() {
    guard clock.now < end else {
      Issue.record("it never came to hold that \(what)", sourceLocation: sourceLocation)
      return
    }
    try await Task.sleep(for: .milliseconds(2))
  }
}
