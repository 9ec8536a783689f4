internal import SegmentEngine
internal import SegmentFiles

/// Where the caller's thread meets the engine's tasks.
enum Blocking {
  /// Runs `body` in a task of its own and blocks the calling thread until it is done. The thread is a C caller's, which
  /// the cooperative pool does not count on.
  static func run<Result: Sendable>(
    _ body: @escaping @Sendable () async throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    let outcome = Monitor<Swift.Result<Result, StoreError>?>(nil)
    Task.detached {
      let result: Swift.Result<Result, StoreError>
      do throws(StoreError) { result = .success(try await body()) } catch { result = .failure(error) }
      outcome.withLock { $0 = result }
      outcome.signal()
    }
    let result = outcome.wait(while: { $0 == nil }) { $0 }
    // The wait ends when there is one.
    guard let result else { throw StoreError(.cancelled, "the call ended without a result; repeat it") }
    return try result.get()
  }
}
