internal import DequeModule

/// Names in the order in which they came, each with a number of its own.
struct AgeQueue<Name: Sendable>: Sendable {
  private var entries: Deque<(name: Name, serial: UInt64)> = []
  private var serial: UInt64 = 0

  var count: Int { entries.count }

  /// Adds a name; returns its number.
  mutating func append(_ name: Name) -> UInt64 {
    serial += 1
    entries.append((name, serial))
    return serial
  }

  mutating func popOldest() -> (name: Name, serial: UInt64)? { entries.popFirst() }

  /// Drops entries that are no longer good, where there are many more than `used`.
  mutating func compact(if used: @autoclosure () -> Int, _ isGood: (Name, UInt64) -> Bool) {
    guard entries.count > 64, entries.count > 2 * used() else { return }
    entries.removeAll { !isGood($0.name, $0.serial) }
  }
}
