/// A session as it is being recorded: what is stored of it, then what arrives, each event once, in order of sequence.
///
/// Each iterator reads on its own and at its own pace. One that keeps up is given what the engine has in memory; one
/// that does not reads from the disk again, and no memory waits for it. Letting go of the iterator ends the watching.
public struct SessionTail: AsyncSequence, Sendable {
  /// What the sequence yields.
  public typealias Element = EventChunk
  /// What it may throw.
  public typealias Failure = StoreError

  let core: StoreCore
  let pool: WorkerPool
  let key: SessionKey
  let cursor: Cursor?
  let fromKeyframe: Bool
  let follower: TailFollower?

  /// Begins to watch.
  public func makeAsyncIterator() -> Iterator { Iterator(self) }

  /// One viewer of the session.
  public struct Iterator: AsyncIteratorProtocol {
    /// What the iterator yields.
    public typealias Element = EventChunk
    /// What it may throw.
    public typealias Failure = StoreError

    private let tail: SessionTail
    private var viewer: TailViewer?
    /// What is being read from the disk.
    private var backlog: BacklogStream?
    private var place: TailPlace?
    private var seen: UInt64 = 0
    /// When the session was finished, as of what was read from the disk.
    private var finished: Double?
    private var isOnDisk = true
    private var isDone = false

    fileprivate init(_ tail: SessionTail) { self.tail = tail }

    /// The next events, when there are some; nil after the chunk whose `finished` is set.
    ///
    /// Throws `.notFound` where there is no such session, `.invalidArgument` for a cursor that none of its events had,
    /// `.sessionErased`, `.sessionDropped` or `.sessionExpired` when it is let go, `.closed` when the store is,
    /// `.cancelled` when the task was cancelled, and errors of the disk. Damage is told by `EventChunk.gapBefore`.
    public mutating func next() async throws(StoreError) -> EventChunk? {
      try await next(isolation: #isolation)
    }

    /// As `next()`, on the caller's actor.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(StoreError) -> EventChunk? {
      if isDone { return nil }
      do throws(StoreError) {
        while true {
          if let chunk = try await advance() { return chunk }
          if isDone { return nil }
        }
      } catch {
        end()
        throw error
      }
    }

    private mutating func end() {
      isDone = true
      viewer = nil
      backlog = nil
    }

    /// One step: events, or a change of where they come from.
    private mutating func advance() async throws(StoreError) -> EventChunk? {
      if Task.isCancelled { throw .tailCancelled }
      guard let viewer, let place, !isOnDisk else { return try await read() }
      switch await tail.core.tails.step(viewer, .init(next: place.next, seen: seen, finished: finished)) {
      case .events(let chunk):
        self.place?.next = place.next + UInt64(chunk.count)
        return chunk
      case .behind(let version):
        seen = version
        isOnDisk = true
        return nil
      case .finished(let time):
        end()
        return EventChunk(ndjson: [], runs: EventRuns()).ending(time)
      case .failed(let error): throw error
      }
    }

    /// The next chunk from the disk; nil at the end of what is there.
    private mutating func read() async throws(StoreError) -> EventChunk? {
      let tail = self.tail
      if viewer == nil {
        // Before anything is read: what comes meanwhile is not missed.
        viewer = tail.core.tails.register(tail.key)
        tail.follower?.start()
        seen = tail.core.tails.version(of: tail.key)
      }
      let (current, place) = (backlog, self.place)
      let step = try await tail.pool.run { () throws(StoreError) -> (stream: BacklogStream, chunk: EventChunk?) in
        // Who is sent here later was told by the follower, which had looked.
        if current == nil, place == nil, !tail.core.isWriting { try tail.core.refreshAll() }
        var stream: BacklogStream
        if let current {
          stream = current
        } else if let place {
          stream = try BacklogStream(tail.core, tail.key, at: place)
        } else {
          stream = try BacklogStream(
            tail.core, tail.key, after: tail.cursor, fromKeyframe: tail.fromKeyframe, tellsFinish: false)
        }
        let chunk = try stream.next()
        return (stream, chunk)
      }
      self.place = step.stream.place
      if step.chunk == nil || step.stream.isAtEnd {
        backlog = nil
        isOnDisk = false
        finished = step.stream.finished
      } else {
        backlog = step.stream
      }
      return step.chunk
    }
  }
}
