import Synchronization

/// Hands on the first of several answers.
final class FirstAnswer: Sendable {
  private let waiting: Mutex<CheckedContinuation<Bool, Never>?>

  init(_ waiting: CheckedContinuation<Bool, Never>) { self.waiting = Mutex(waiting) }

  func give(_ answer: Bool) {
    waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }?.resume(returning: answer)
  }
}
