import Dispatch
import Synchronization

/// Where a thread that may block waits for a task.
public enum Blocking {
  private final class Outcome<Value: Sendable>: Sendable {
    let value = Mutex<Result<Value, any Error>?>(nil)
    let isThere = DispatchSemaphore(value: 0)
  }

  /// Runs the body in a task of its own and waits for it. Never called on a thread that tasks run on: it would be one
  /// fewer for them.
  public static func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let outcome = Outcome<Value>()
    Task.detached {
      let result: Result<Value, any Error>
      do { result = .success(try await body()) } catch { result = .failure(error) }
      outcome.value.withLock { $0 = result }
      outcome.isThere.signal()
    }
    outcome.isThere.wait()
    guard let result = outcome.value.withLock({ $0 }) else { throw PeerError("a task ended without a result") }
    return try result.get()
  }
}
