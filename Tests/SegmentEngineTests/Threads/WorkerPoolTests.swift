import SegmentFiles
import Testing

@testable import SegmentEngine

@Suite("A pool starts threads as they are needed, and runs everything once")
struct WorkerPoolTests {
  /// Blocks who comes until as many are there as it was made for.
  private final class Meeting: Sendable {
    private let present = Monitor(0)

    func wait(for count: Int) {
      present.withLock { $0 += 1 }
      present.broadcast()
      present.wait(while: { $0 < count }) { _ in }
    }
  }

  @Test("As many jobs run at once as it may have threads", arguments: [1, 2, 5])
  func together(limit: Int) async throws {
    let pool = WorkerPool(threads: limit, name: "test")
    let meeting = Meeting()
    // Each waits for all others: with a thread too few none would end.
    try await withThrowingTaskGroup { group in
      for _ in 0..<limit {
        group.addTask { try await pool.run { () throws(StoreError) in meeting.wait(for: limit) } }
      }
      try await group.waitForAll()
    }
    pool.stop()
  }

  @Test("No more jobs run at once than it may have threads, and none is lost")
  func limit() async throws {
    let pool = WorkerPool(threads: 2, name: "test")
    let running = Lock((now: 0, most: 0, ended: 0))
    try await withThrowingTaskGroup { group in
      for _ in 0..<200 {
        group.addTask {
          try await pool.run { () throws(StoreError) in
            running.withLock { state in
              state.now += 1
              state.most = max(state.most, state.now)
            }
            running.withLock { state in
              state.now -= 1
              state.ended += 1
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let state = running.withLock { $0 }
    #expect(state.most <= 2 && state.now == 0 && state.ended == 200)
    pool.stop()
  }

  @Test("What waits when it is stopped is run, in the order it came; what comes later is refused")
  func stop() async throws {
    let pool = WorkerPool(threads: 1, name: "test")
    let order = Lock<[Int]>([])
    let gate = Meeting()
    pool.start { gate.wait(for: 2) }
    for number in 0..<10 { pool.start { order.withLock { $0.append(number) } } }
    gate.wait(for: 2)
    pool.stop()
    #expect(order.withLock { $0 } == Array(0..<10))
    await #expect(throws: StoreError.self) { try await pool.run { () throws(StoreError) in 1 } }
  }

  @Test("One that is never used has nothing to end")
  func unused() {
    WorkerPool(threads: 4, name: "test").stop()
  }
}
