import CSegmentEngine
import Foundation

/// What a call through the C functions came to.
struct COutcome: Sendable {
  var code: segment_code
  var message: String
  var event: Int64
  var isRetryable: Bool

  /// Makes a call with a place for its error, and frees that.
  static func of(_ call: (UnsafeMutablePointer<OpaquePointer?>) -> segment_code) -> COutcome {
    var error: OpaquePointer?
    let code = call(&error)
    defer { segment_error_free(error) }
    return COutcome(
      code: code, message: String(cString: segment_error_message(error)), event: segment_error_event(error),
      isRetryable: segment_error_is_retryable(error) == 1)
  }

  struct Failed: Error { var outcome: COutcome }

  /// Throws where the call failed.
  func succeed() throws {
    if code != SEGMENT_OK { throw Failed(outcome: self) }
  }
}

/// A handle that tests pass between threads.
struct CHandle: @unchecked Sendable {
  // The C functions may be called from any thread; each test frees its handles last.
  let pointer: OpaquePointer?
}

/// Runs a test's blocking calls on a thread of their own: on the cooperative pool they would stop each other's tasks.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    let thread = Thread { continuation.resume(with: Swift.Result(catching: body)) }
    thread.stackSize = 1 << 20
    thread.start()
  }
}
