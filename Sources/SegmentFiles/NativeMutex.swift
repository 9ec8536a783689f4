#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A `pthread_mutex_t` at an address of its own, which it must not leave. `Lock` and `Monitor` are built on it
/// rather than on `Synchronization.Mutex` because the thread sanitizer knows its calls.
@usableFromInline
@safe
struct NativeMutex: ~Copyable, @unchecked Sendable {
  // Sendable: the pointer never changes, and pthread mutexes are made to be used by many threads at once.
  let native: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    unsafe native = .allocate(capacity: 1)
    unsafe native.initialize(to: pthread_mutex_t())
    let result = unsafe pthread_mutex_init(native, nil)
    precondition(result == 0, "a mutex could not be made")
  }

  deinit {
    unsafe pthread_mutex_destroy(native)
    unsafe native.deinitialize(count: 1)
    unsafe native.deallocate()
  }

  @usableFromInline
  func lock() {
    let result = unsafe pthread_mutex_lock(native)
    precondition(result == 0, "a mutex could not be locked")
  }

  @usableFromInline
  func unlock() {
    let result = unsafe pthread_mutex_unlock(native)
    precondition(result == 0, "a mutex could not be unlocked")
  }
}
