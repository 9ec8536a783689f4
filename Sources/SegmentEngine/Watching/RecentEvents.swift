internal import DequeModule

/// The last events of a session that is watched, batch by batch.
struct RecentEvents: Sendable {
  private struct Batch {
    var first: UInt64
    var chunk: EventChunk
    var serial: UInt64
    var bytes: Int
  }

  private var batches: Deque<Batch> = []
  private(set) var bytes = 0

  /// What a batch takes besides its events, about.
  private static let overhead = 256

  var count: Int { batches.count }

  /// Adds a batch; returns the bytes that it takes.
  mutating func append(_ chunk: EventChunk, first: UInt64, serial: UInt64) -> Int {
    // What is held, not what is used of it: the bytes may be those of the caller of `append`.
    let size = chunk.ndjson.capacity + Self.overhead
    batches.append(Batch(first: first, chunk: chunk, serial: serial, bytes: size))
    bytes += size
    return size
  }

  /// Lets go of the oldest batch; returns the bytes it took.
  mutating func removeOldest() -> Int {
    guard let oldest = batches.popFirst() else { return 0 }
    bytes -= oldest.bytes
    return oldest.bytes
  }

  /// The batch that begins with an event; nil where none does. O(log n), O(1) for the last one, which most wait for.
  func chunk(at sequence: UInt64) -> EventChunk? {
    guard let last = batches.last, last.first >= sequence else { return nil }
    if last.first == sequence { return last.chunk }
    var (low, high) = (0, batches.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if batches[middle].first < sequence { low = middle + 1 } else { high = middle }
    }
    return batches[low].first == sequence ? batches[low].chunk : nil
  }

  /// Whether the batch of a number is still there.
  func holds(_ serial: UInt64) -> Bool {
    guard let first = batches.first, let last = batches.last else { return false }
    return first.serial <= serial && serial <= last.serial
  }
}
