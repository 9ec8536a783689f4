import Synchronization

/// Something that one task begins to use and another one goes on with, never both.
final class Handover<Value>: Sendable {
  private let value: Mutex<Value?>

  init(_ value: sending Value) { self.value = Mutex(value) }

  /// It, once.
  func take() -> sending Value? {
    value.withLock { value in
      var taken: Value?
      swap(&taken, &value)
      return taken
    }
  }
}
