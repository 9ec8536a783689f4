/// Events as they are read: an asynchronous sequence of chunks. Reading happens on the engine's threads, one chunk at a
/// time and only when asked for.
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
      if isDone { return nil }
      if Task.isCancelled { throw StoreError(.cancelled, "the task was cancelled", isRetryable: true) }
      let (current, open) = (stream, open)
      let step = try await pool.run { () throws(StoreError) -> (stream: (any ChunkStream)?, chunk: EventChunk?) in
        var stream: any ChunkStream
        if let current { stream = current } else { stream = try open() }
        let chunk = try stream.next()
        // Told with the last chunk: asking again would cost another change of threads.
        return (chunk == nil || stream.isAtEnd ? nil : stream, chunk)
      }
      stream = step.stream
      isDone = stream == nil
      return step.chunk
    }
  }
}
