import Foundation
import SegmentEngine
import Synchronization

/// What each of many viewers of one session costs for a batch, beside handing the same bytes to as many tasks by streams of
/// their own.
enum FanOutBench {
  private struct Cost {
    /// Until the last one has it.
    var seconds: Double
    var cpu: Double
  }

  static func run(_ recordings: [Recording], _ place: WorkPlace, _ report: inout Report) async throws {
    let batches = recordings.flatMap(\.batches).map(\.bytes).filter { $0.count < 64 << 10 }
    if batches.isEmpty { return }
    for viewers in [1, 100, 1_000] {
      let count = viewers == 1_000 ? 60 : 200
      let load = (0..<count).map { batches[$0 % batches.count] }
      var watched: [Cost] = []
      var alone: [Cost] = []
      var limits: [Cost] = []
      for _ in 0..<max(3, place.rounds / 2 + 1) {
        watched.append(try await appended(load, viewers: viewers, place))
        alone.append(try await appended(load, viewers: 0, place))
        limits.append(await streamed(load, viewers: viewers))
      }
      let each = Double(viewers) / 1e6
      let limit = median(limits.map(\.cpu)) / each
      report.cost(
        "fan-out", "\(viewers) viewer\(viewers == 1 ? "" : "s"): CPU for each of a batch",
        max(0, median(watched.map(\.cpu)) - median(alone.map(\.cpu))) / each, "us", limit: limit,
        atMost: viewers == 1 ? nil : 5, "limit: AsyncStream, a task each; append alone taken off")
      report.cost(
        "fan-out", "  append to the last of them", median(watched.map(\.seconds)) * 1e6, "us",
        limit: median(limits.map(\.seconds)) * 1e6, "append alone \(Int(median(alone.map(\.seconds)) * 1e6)) us")
    }
  }

  /// Appends, one after the other, each waited for until all viewers have it.
  private static func appended(_ load: [[UInt8]], viewers: Int, _ place: WorkPlace) async throws -> Cost {
    let layout = try place.fresh("fan-out")
    let store = try await ReplayStore.open(
      layout, mode: .readWrite, configuration: ManySessions.configuration, .system())
    let key = SessionKey(project: "p", id: "watched")
    try await store.append(load[0], to: key, durability: .buffered, origin: .imported)
    let arrivals = Arrivals(viewers)
    var cost = Cost(seconds: 0, cpu: 0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<viewers {
        let tail = store.tail(key)
        group.addTask {
          for try await chunk in tail {
            consume(chunk.ndjson.count)
            if chunk.count > 0 { arrivals.arrive(chunk.lastCursor?.sequence ?? 0) }
          }
        }
      }
      if let first = try await store.summary(of: key) { await arrivals.all(reach: first.nextSequence - 1) }
      let start = (seconds(), cpuSeconds())
      for batch in load {
        let receipt = try await store.append(batch, to: key, durability: .buffered, origin: .imported)
        if let last = receipt.last { await arrivals.all(reach: last.sequence) }
      }
      cost = Cost(
        seconds: (seconds() - start.0) / Double(load.count), cpu: (cpuSeconds() - start.1) / Double(load.count))
      try await store.finish(key)
      try await group.waitForAll()
    }
    try await store.close()
    try place.remove(layout)
    return cost
  }

  /// The same bytes by one stream for each task.
  private static func streamed(_ load: [[UInt8]], viewers: Int) async -> Cost {
    let arrivals = Arrivals(viewers)
    let streams = (0..<viewers).map { _ in AsyncStream<(sequence: UInt64, bytes: [UInt8])>.makeStream() }
    var cost = Cost(seconds: 0, cpu: 0)
    await withTaskGroup(of: Void.self) { group in
      for (stream, _) in streams {
        group.addTask {
          for await batch in stream {
            consume(batch.bytes.count)
            arrivals.arrive(batch.sequence)
          }
        }
      }
      let start = (seconds(), cpuSeconds())
      for (number, batch) in load.enumerated() {
        for (_, continuation) in streams { continuation.yield((UInt64(number), batch)) }
        await arrivals.all(reach: UInt64(number))
      }
      cost = Cost(
        seconds: (seconds() - start.0) / Double(load.count), cpu: (cpuSeconds() - start.1) / Double(load.count))
      for (_, continuation) in streams { continuation.finish() }
      await group.waitForAll()
    }
    return cost
  }
}

/// Tells when all viewers have had an event.
private final class Arrivals: Sendable {
  private struct State {
    /// How many viewers had each last event of a chunk.
    var counts: [UInt64: Int] = [:]
    var waiting: (sequence: UInt64, continuation: CheckedContinuation<Void, Never>)?
  }

  private let viewers: Int
  private let state = Mutex(State())

  init(_ viewers: Int) { self.viewers = viewers }

  func arrive(_ sequence: UInt64) {
    let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.counts[sequence, default: 0] += 1
      guard let waiting = state.waiting, waiting.sequence == sequence, state.counts[sequence] == viewers else {
        return nil
      }
      state.waiting = nil
      return waiting.continuation
    }
    continuation?.resume()
  }

  /// Waits for the last viewer. One task may wait at a time; chunks end where batches do, as each is waited for.
  func all(reach sequence: UInt64) async {
    if viewers == 0 { return }
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state -> Bool in
        if state.counts[sequence] == viewers { return true }
        state.waiting = (sequence, continuation)
        return false
      }
      if isThere { continuation.resume() }
    }
  }
}
