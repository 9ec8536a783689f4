import Foundation
import SegmentEngine
import SegmentFiles
import Synchronization

/// How long after its acknowledgement a batch is with those who watch its session, beside how long the append took.
enum TailBench {
  static let sessions = 1_000

  /// When each batch of a session was acknowledged, and when its viewer had it; monotonic nanoseconds.
  private final class Times: Sendable {
    private let acknowledged = Mutex<[UInt64: UInt64]>([:])
    private let appends = Mutex<[Double]>([])
    private let seen = Mutex<[UInt64: UInt64]>([:])

    func append(last sequence: UInt64, from start: UInt64, to end: UInt64) {
      acknowledged.withLock { $0[sequence] = end }
      appends.withLock { $0.append(Double(end - start) / 1e3) }
    }

    func see(last sequence: UInt64, at time: UInt64) { seen.withLock { $0[sequence] = time } }

    var appendMicroseconds: [Double] { appends.withLock { $0 } }

    /// How long after the acknowledgement; 0 where the viewer was first.
    var viewMicroseconds: [Double] {
      let seen = seen.withLock { $0 }
      return acknowledged.withLock { $0 }.map { sequence, time in
        guard let view = seen[sequence], view > time else { return 0 }
        return Double(view - time) / 1e3
      }
    }
  }

  /// How many viewers have had something.
  private final class Watching: Sendable {
    let count = Atomic(0)
  }

  static func run(_ recordings: [Recording], _ place: WorkPlace, _ report: inout Report) async throws {
    // Each session sends a batch a second, or the next one as soon as the last is acknowledged.
    for (name, interval, batches) in [("a batch a second", 1.0, 6), ("without a pause", nil, 20)] {
      let load = Workload(recordings, sessions: sessions, target: sessions * batches * 8_000)
      for viewers in [sessions, 0] {
        let times = try await measure(load, batches: batches, interval: interval, viewers: viewers, place)
        let appends = times.flatMap(\.appendMicroseconds).sorted()
        let name = "\(viewers) viewers, \(name)"
        report.cost("tail", "\(name): append p50", at(0.5, appends), "us")
        report.cost("tail", "  append p99", at(0.99, appends), "us")
        if viewers == 0 { continue }
        let views = times.flatMap(\.viewMicroseconds).sorted()
        report.cost(
          "tail", "  acknowledged to viewer p50", at(0.5, views), "us", limit: at(0.5, appends), atMost: 1)
        report.cost(
          "tail", "  acknowledged to viewer p99", at(0.99, views), "us", limit: at(0.99, appends), atMost: 5)
      }
    }
  }

  private static func at(_ part: Double, _ sorted: [Double]) -> Double {
    sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
  }

  private static func measure(
    _ load: Workload, batches: Int, interval: Double?, viewers: Int, _ place: WorkPlace
  ) async throws -> [Times] {
    let layout = try place.fresh("tail")
    let store = try await ReplayStore.open(layout, mode: .readWrite, configuration: Configuration(), .system())
    let clock = SystemClock()
    let keys = load.sessions.indices.map { SessionKey(project: "p", id: "session-\($0)") }
    for (key, session) in zip(keys, load.sessions) {
      try await store.append(session[0].bytes, to: key, durability: .buffered, origin: .imported)
    }
    let times = keys.map { _ in Times() }
    let watching = Watching()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<viewers {
        let (tail, times) = (store.tail(keys[number]), times[number])
        group.addTask {
          var isFirst = true
          for try await chunk in tail {
            if let last = chunk.lastCursor { times.see(last: last.sequence, at: clock.monotonic()) }
            if isFirst { watching.count.add(1, ordering: .relaxed) }
            isFirst = false
          }
        }
      }
      while watching.count.load(ordering: .relaxed) < viewers { try await Task.sleep(for: .milliseconds(5)) }
      for (number, session) in load.sessions.enumerated() {
        group.addTask {
          if let interval { try await Task.sleep(for: .seconds(interval * Double(number) / Double(keys.count))) }
          for ordinal in 0..<batches {
            let batch = session[(ordinal + 1) % session.count]
            let start = clock.monotonic()
            let receipt = try await store.append(batch.bytes, to: keys[number], origin: .imported)
            let end = clock.monotonic()
            if let last = receipt.last { times[number].append(last: last.sequence, from: start, to: end) }
            if let interval { try await Task.sleep(for: .seconds(interval - Double(end - start) / 1e9)) }
          }
          try await store.finish(keys[number])
        }
      }
      try await group.waitForAll()
    }
    try await store.close()
    try place.remove(layout)
    return times
  }
}
