internal import CSegmentShims
internal import SegmentFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A thread of the engine's own: blocking calls must not run on the cooperative pool, where each would stop others.
final class EngineThread: Sendable {
  private final class Body {
    let name: String
    let niceness: Int32
    let run: @Sendable () -> Void

    init(_ name: String, _ niceness: Int32, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.niceness = niceness
      self.run = run
    }
  }

  private struct Handle: @unchecked Sendable {
    // A pthread_t is a plain value; it is only ever joined or detached once, by the owner of the EngineThread.
    let thread: pthread_t
  }

  private let handle: Handle
  private let isJoined = Lock(false)

  /// Starts a thread that runs `body` once. A positive `niceness` lowers its priority where the system knows that for
  /// threads.
  init(_ name: String, niceness: Int32 = 0, _ body: @escaping @Sendable () -> Void) {
    let box = unsafe Unmanaged.passRetained(Body(name, niceness, body))
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let result = unsafe pthread_create(&thread, nil, engineThreadMain, box.toOpaque())
    precondition(result == 0, "a thread could not be started: error \(result)")
    #if canImport(Darwin)
      guard let thread else { preconditionFailure("a thread could not be started") }
    #endif
    handle = Handle(thread: thread)
  }

  /// A thread that nobody waits for gives its stack back by itself when its body returns.
  deinit {
    if !isJoined.withLock({ $0 }) { pthread_detach(handle.thread) }
  }

  /// Waits for the body to return. Called once.
  func join() {
    isJoined.withLock { $0 = true }
    let result = pthread_join(handle.thread, nil)
    precondition(result == 0, "a thread could not be joined: error \(result)")
  }

  fileprivate static func main(_ argument: UnsafeMutableRawPointer) {
    let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
    unsafe segment_thread_set_name(body.name)
    if body.niceness > 0 { segment_thread_be_nice(body.niceness) }
    body.run()
  }
}

#if canImport(Darwin)
  private func engineThreadMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    unsafe EngineThread.main(argument)
    return nil
  }
#else
  private func engineThreadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument = unsafe argument { unsafe EngineThread.main(argument) }
    return nil
  }
#endif
