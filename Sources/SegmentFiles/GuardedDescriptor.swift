import Synchronization

/// A file descriptor that is closed once, and not before the last call that uses it has returned: its number may
/// otherwise belong to another file by then.
///
/// The state counts uses in steps of `use`, with two flags below: `closing` lets no new use begin, `gone` marks
/// that some thread has taken it upon itself to close. A use costs two atomic additions.
struct GuardedDescriptor: ~Copyable, Sendable {
  private let number: Int32
  private let state = Atomic<Int>(0)
  private static let closing = 1
  private static let gone = 2
  private static let use = 4

  init(_ number: Int32) {
    self.number = number
  }

  deinit {
    close()
  }

  /// The descriptor, which stays open until the matching `end`; nil when it is closed.
  borrowing func begin() -> Int32? {
    let now = state.wrappingAdd(Self.use, ordering: .acquiring).newValue
    if now & Self.closing == 0 { return number }
    end()
    return nil
  }

  /// Ends a use. Must follow each `begin` that gave a descriptor.
  borrowing func end() {
    let now = state.wrappingSubtract(Self.use, ordering: .acquiringAndReleasing).newValue
    if now == Self.closing { finish() }
  }

  /// Closes now, or with the end of the last use. Harmless when repeated.
  borrowing func close() {
    let now = state.bitwiseOr(Self.closing, ordering: .acquiringAndReleasing).newValue
    if now == Self.closing { finish() }
  }

  /// Several threads can see the count fall to nothing; only one of them gets to close.
  private borrowing func finish() {
    let (mine, _) = state.compareExchange(
      expected: Self.closing, desired: Self.closing | Self.gone, ordering: .acquiringAndReleasing)
    if mine { SystemCalls.closeDescriptor(number) }
  }
}
