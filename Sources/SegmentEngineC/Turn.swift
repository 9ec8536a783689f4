internal import SegmentEngine
internal import SegmentFiles

/// Sees to it that one thread at a time uses an iterator: what the last call handed out would go under its reader.
final class Turn: Sendable {
  private let isTaken = Lock(false)

  /// Runs `body`. Throws `.invalidArgument` where another thread is in here.
  func take<Result>(_ what: String, _ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
    let isFree = isTaken.withLock { isTaken in
      defer { isTaken = true }
      return !isTaken
    }
    guard isFree else {
      throw StoreError(
        .invalidArgument, "another thread is using these \(what); let one thread at a time use them, or read twice")
    }
    defer { isTaken.withLock { $0 = false } }
    return try body()
  }
}
