import Foundation
import Synchronization

/// Runs something on a thread of the low priority that the engine's maintenance has, and waits for it: on a busy machine a
/// limit that ran at another would be none.
func politely<Success: Sendable>(_ body: @escaping @Sendable () throws -> Success) throws -> Success {
  let outcome = Outcome<Success>()
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    #if os(Linux)
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    #endif
    outcome.result.withLock { $0 = Result { try body() } }
    done.signal()
  }
  thread.stackSize = 1 << 20
  thread.start()
  done.wait()
  guard let result = outcome.result.withLock({ $0 }) else { throw BenchError("a thread ended without a result") }
  return try result.get()
}

private final class Outcome<Success: Sendable>: Sendable {
  let result = Mutex<Result<Success, any Error>?>(nil)
}
