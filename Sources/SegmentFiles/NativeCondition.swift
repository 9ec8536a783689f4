#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A `pthread_cond_t` at an address of its own, which measures its waits on the monotonic clock: a wall clock
/// that is set back would make a wait last for hours.
@safe
struct NativeCondition: ~Copyable, @unchecked Sendable {
  // Sendable: the pointer never changes, and pthread conditions are made to be used by many threads at once.
  private let native: UnsafeMutablePointer<pthread_cond_t>

  init() {
    unsafe native = .allocate(capacity: 1)
    unsafe native.initialize(to: pthread_cond_t())
    #if canImport(Darwin)
      let result = unsafe pthread_cond_init(native, nil)
    #else
      var attributes = pthread_condattr_t()
      unsafe pthread_condattr_init(&attributes)
      unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      let result = unsafe pthread_cond_init(native, &attributes)
      unsafe pthread_condattr_destroy(&attributes)
    #endif
    precondition(result == 0, "a condition could not be made")
  }

  deinit {
    unsafe pthread_cond_destroy(native)
    unsafe native.deinitialize(count: 1)
    unsafe native.deallocate()
  }

  func signal() { unsafe pthread_cond_signal(native) }

  func broadcast() { unsafe pthread_cond_broadcast(native) }

  /// Gives the held mutex back while it waits. May return without a cause.
  func wait(_ mutex: borrowing NativeMutex) {
    let result = unsafe pthread_cond_wait(native, mutex.native)
    precondition(result == 0, "a condition could not be waited for")
  }

  /// As `wait`, until the monotonic clock shows `deadline` (nanoseconds). False once that time has come.
  func wait(_ mutex: borrowing NativeMutex, until deadline: UInt64) -> Bool {
    #if canImport(Darwin)
      let now = SystemClock().monotonic()
      guard deadline > now else { return false }
      var interval = timespec(nanoseconds: deadline - now)
      let result = unsafe pthread_cond_timedwait_relative_np(native, mutex.native, &interval)
    #else
      var time = timespec(nanoseconds: deadline)
      let result = unsafe pthread_cond_timedwait(native, mutex.native, &time)
    #endif
    precondition(result == 0 || result == ETIMEDOUT, "a condition could not be waited for")
    return result == 0
  }
}

extension timespec {
  fileprivate init(nanoseconds: UInt64) {
    // A deadline beyond what the type holds is for ever.
    self.init(tv_sec: time_t(clamping: nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
  }
}
