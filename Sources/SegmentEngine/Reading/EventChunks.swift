internal import DequeModule

/// Events as they are read: an asynchronous sequence of chunks. Reading happens on the engine's threads and only when asked
/// for; small chunks are read several at a time, as the way to those threads and back costs more than they do.
public struct EventChunks: AsyncSequence, Sendable {
  /// What the sequence yields.
  public typealias Element = EventChunk
  /// What it may throw.
  public typealias Failure = StoreError

  let pool: WorkerPool
  let open: @Sendable () throws(StoreError) -> any ChunkStream

  /// Starts reading from the beginning of the sequence; each iterator reads on its own.
  public func makeAsyncIterator() -> Iterator { Iterator(pool: pool, open: open) }

  /// One pass over the chunks.
  public struct Iterator: AsyncIteratorProtocol {
    /// What the iterator yields.
    public typealias Element = EventChunk
    /// What it may throw.
    public typealias Failure = StoreError

    fileprivate let pool: WorkerPool
    fileprivate let open: @Sendable () throws(StoreError) -> any ChunkStream
    private var stream: (any ChunkStream)?
    private var isDone = false
    /// Read already, in order.
    private var ready: Deque<EventChunk> = []
    /// What reading on ended with, once those are given out.
    private var failure: StoreError?
    private var isFirst = true

    fileprivate init(pool: WorkerPool, open: @escaping @Sendable () throws(StoreError) -> any ChunkStream) {
      self.pool = pool
      self.open = open
    }

    /// The next chunk; nil at the end. Throws `.notFound` where there is no such session, `.cancelled` when the task was
    /// cancelled, and errors of the disk. Damage is told by `EventChunk.gapBefore`, not thrown.
    public mutating func next() async throws(StoreError) -> EventChunk? {
      try await next(isolation: #isolation)
    }

    /// As `next()`, on the caller's actor.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(StoreError) -> EventChunk? {
      if isDone, ready.isEmpty, failure == nil { return nil }
      if Task.isCancelled { throw StoreError(.cancelled, "the task was cancelled", isRetryable: true) }
      if let chunk = ready.popFirst() { return chunk }
      if let failure {
        self.failure = nil
        throw failure
      }
      let (current, open, isFirst) = (stream, open, isFirst)
      let step = try await pool.run { () throws(StoreError) -> Step in
        var stream: any ChunkStream
        if let current { stream = current } else { stream = try open() }
        return try Step(&stream, isFirst: isFirst)
      }
      self.isFirst = false
      stream = step.stream
      isDone = stream == nil
      failure = step.failure
      ready = step.chunks
      return ready.popFirst()
    }
  }
}

/// What one visit to a reading thread brings.
private struct Step: Sendable {
  /// So many bytes of chunks a visit, at least; as many as a large chunk has.
  private static let bytes = 256 << 10
  /// As long as nothing can be shown without what comes next: as much as is read in a few milliseconds.
  private static let bytesBeforeMoment = 2 << 20

  /// Nil at the end.
  private(set) var stream: (any ChunkStream)?
  private(set) var chunks: Deque<EventChunk> = []
  /// What kept it from going on behind `chunks`.
  private(set) var failure: StoreError?

  /// The first visit brings the first chunk alone, unless a picture needs more: somebody waits for it.
  init(_ stream: inout any ChunkStream, isFirst: Bool) throws(StoreError) {
    var read = 0
    repeat {
      // Where it failed it can be asked again.
      let before = stream
      do throws(StoreError) {
        guard let chunk = try stream.next() else { return }
        chunks.append(chunk)
        read += chunk.ndjson.count
      } catch {
        if chunks.isEmpty { throw error }
        failure = error
        self.stream = before
        return
      }
      // Told with the last chunk: asking again would cost another change of threads.
      if stream.isAtEnd { return }
    } while stream.isBeforeMoment ? read < Self.bytesBeforeMoment : !isFirst && read < Self.bytes
    self.stream = stream
  }
}
