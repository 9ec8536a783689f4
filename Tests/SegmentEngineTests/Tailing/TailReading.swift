import SegmentEngine
import Synchronization
import Testing

/// One who watches a session in a task of its own and writes down what comes.
final class Watcher: Sendable {
  struct Seen {
    var lines: [String] = []
    var cursors: [Cursor] = []
    var windows: [String] = []
    var gaps: [Gap] = []
    var chunks = 0
    var finished: Timestamp?
    var error: StoreError?
    var isOver = false

    var sequences: [UInt64] { cursors.map(\.sequence) }
  }

  private let seen = Mutex(Seen())
  private let task = Mutex<Task<Void, Never>?>(nil)

  init(_ tail: SessionTail, until limit: Int = .max) {
    let watching = Task { [self] in
      do throws(StoreError) {
        var iterator = tail.makeAsyncIterator()
        while let chunk = try await iterator.next() {
          let events = chunk.events
          let count = seen.withLock { seen -> Int in
            seen.chunks += 1
            seen.lines += events.map { String(decoding: chunk.ndjson[$0.bytes], as: UTF8.self) }
            seen.cursors += events.map(\.cursor)
            seen.windows += events.map(\.window)
            if let gap = chunk.gapBefore { seen.gaps.append(gap) }
            seen.finished = chunk.finished
            return seen.lines.count
          }
          if count >= limit { break }
        }
      } catch {
        seen.withLock { $0.error = error }
      }
      seen.withLock { $0.isOver = true }
    }
    task.withLock { $0 = watching }
  }

  var now: Seen { seen.withLock { $0 } }

  func cancel() { task.withLock { $0 }?.cancel() }

  /// What it saw in all, when its tail is over.
  func end(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Seen {
    try await eventually("a tail ends", sourceLocation: sourceLocation) { now.isOver }
    return now
  }

  /// Waits until it has seen so many events.
  func hasSeen(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await eventually("\(count) events are seen", sourceLocation: sourceLocation) {
      now.lines.count >= count || now.isOver
    }
  }
}

extension ReadOut {
  var lastCursor: Cursor? { events.last?.cursor }
}
