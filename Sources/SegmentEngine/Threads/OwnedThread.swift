internal import SegmentFiles

/// The thread of an object that starts and ends with it: started once, joined once.
final class OwnedThread: Sendable {
  private let thread = Lock<EngineThread?>(nil)

  /// Starts it. The object that `body` holds lives until the thread ends.
  func start(_ name: String, niceness: Int32 = 0, _ body: @escaping @Sendable () -> Void) {
    thread.withLock { $0 = EngineThread(name, niceness: niceness, body) }
  }

  /// Waits until it has ended; the owner has told it to before. Blocks, and does nothing the second time.
  func join() {
    thread.withLock { thread -> EngineThread? in
      defer { thread = nil }
      return thread
    }?.join()
  }
}
