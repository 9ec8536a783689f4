internal import DequeModule

/// The last events of a session that is watched, batch by batch.
struct RecentEvents: Sendable {
  private struct Batch {
    var first: UInt64
    var chunk: EventChunk
    var serial: UInt64
  }

  private var batches: Deque<Batch> = []
  private(set) var bytes = 0

  /// What a batch takes besides its events, about.
  private static let overhead = 256

  var count: Int { batches.count }

  /// Adds a batch; returns the bytes that it takes.
  mutating func append(_ chunk: EventChunk, first: UInt64, count: Int, serial: UInt64) -> Int {
    let size = chunk.ndjson.count + Self.overhead
    batches.append(Batch(first: first, chunk: chunk, serial: serial))
    bytes += size
    return size
  }

  /// Lets go of the oldest batch; returns the bytes it took.
  mutating func removeOldest() -> Int {
    guard let oldest = batches.popFirst() else { return 0 }
    let size = oldest.chunk.ndjson.count + Self.overhead
    bytes -= size
    return size
  }

  /// The batch that begins with an event; nil where none does. Those who watch want one of the last: it is looked for
  /// from the end.
  func chunk(at sequence: UInt64) -> EventChunk? {
    for batch in batches.reversed() where batch.first <= sequence {
      return batch.first == sequence ? batch.chunk : nil
    }
    return nil
  }

  /// Whether the batch of a number is still there.
  func holds(_ serial: UInt64) -> Bool {
    guard let first = batches.first, let last = batches.last else { return false }
    return first.serial <= serial && serial <= last.serial
  }
}
