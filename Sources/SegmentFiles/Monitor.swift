/// State that one thread at a time may use and that threads can wait upon: a lock with a condition variable.
/// Not recursive. Waiting blocks the thread, so never wait on the cooperative thread pool.
@safe
package final class Monitor<State>: @unchecked Sendable {
  // Sendable: `state` is touched only between `lock` and `unlock` of the mutex; the pointer never changes.
  private let mutex = NativeMutex()
  private let condition = NativeCondition()
  private let state: UnsafeMutablePointer<State>

  package init(_ initial: sending State) {
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: initial)
  }

  deinit {
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
  }

  /// Runs `body` while no other thread is in it. Wakes nobody: call `signal` or `broadcast` after a change
  /// that others wait for.
  package func withLock<Result, Failure>(
    _ body: (inout sending State) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    mutex.lock()
    defer { mutex.unlock() }
    return try unsafe body(&state.pointee)
  }

  /// Blocks while `condition` holds, then runs `body` before anyone else can change the state again.
  package func wait<Result, Failure>(
    while blocked: (inout State) -> Bool,
    then body: (inout sending State) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    mutex.lock()
    defer { mutex.unlock() }
    while unsafe blocked(&state.pointee) { condition.wait(mutex) }
    return try unsafe body(&state.pointee)
  }

  /// As `wait(while:then:)`, but at the latest until the monotonic clock shows `deadline` (nanoseconds, as
  /// `EngineClock.monotonic()` counts them). `body` learns whether the condition still held then.
  package func wait<Result, Failure>(
    while blocked: (inout State) -> Bool,
    until deadline: UInt64,
    then body: (inout sending State, _ timedOut: Bool) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    mutex.lock()
    defer { mutex.unlock() }
    var isBlocked = unsafe blocked(&state.pointee)
    while isBlocked {
      let inTime = condition.wait(mutex, until: deadline)
      isBlocked = unsafe blocked(&state.pointee)
      if !inTime { break }
    }
    return try unsafe body(&state.pointee, isBlocked)
  }

  /// Wakes one thread that waits.
  package func signal() { condition.signal() }

  /// Wakes all threads that wait.
  package func broadcast() { condition.broadcast() }
}
