import Synchronization

/// Gathers reports of progress from another thread.
final class Counter: Sendable {
  private let seen = Mutex<[(done: UInt64, total: UInt64)]>([])

  func add(_ done: UInt64, _ total: UInt64) { seen.withLock { $0.append((done, total)) } }

  var count: Int { seen.withLock { $0.count } }

  /// Never goes back, and never beyond what there is.
  var isRising: Bool {
    seen.withLock { seen in
      zip(seen, seen.dropFirst()).allSatisfy { $0.done <= $1.done } && seen.allSatisfy { $0.done <= $0.total }
    }
  }
}
