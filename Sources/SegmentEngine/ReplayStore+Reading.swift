extension ReplayStore {
  /// Lists sessions, newest first, a page at a time.
  public func sessions(_ query: SessionQuery = .init()) async throws(StoreError) -> SessionPage {
    try await read { core throws(StoreError) in try core.list(query) }
  }

  /// The projects that have sessions, in order of their bytes. One whose last session goes just now may be among them.
  ///
  /// O(segments) in memory; of a pack of n segments and p projects some p log2(n) directory entries are read.
  public func projects() async throws(StoreError) -> [String] {
    try await read { core throws(StoreError) in try core.projectNames() }
  }

  /// The facts of a session; nil where there is none.
  public func summary(of key: SessionKey) async throws(StoreError) -> SessionSummary? {
    try await read { core throws(StoreError) in try core.summary(of: key) }
  }

  /// A session's events, block by block.
  ///
  /// - Parameters:
  ///   - key: the session.
  ///   - time: only events in this range of time; those without a plausible timestamp are in none.
  ///   - window: only events of this window.
  ///   - order: `.arrival` gives them byte for byte as they came; `.time` by (timestamp, sequence), from the first on.
  public func events(
    in key: SessionKey, time: Range<Timestamp>? = nil, window: String? = nil, order: EventOrder = .arrival
  ) -> EventChunks {
    chunks { core throws(StoreError) -> any ChunkStream in
      let range = try time?.finite()
      return switch order {
      case .arrival: try ArrivalStream(core, key, time: range, window: window)
      case .time: try TimeStream(core, key, time: range, window: window)
      }
    }
  }

  /// A session's events for a player: for each window from its last keyframe at or before `time` on (or from its first
  /// one, where there is none before), in the order of `EventOrder.time`, to the end of what is stored.
  ///
  /// Needs one read for each segment the session is spread over and one for the first block.
  public func playback(of key: SessionKey, at time: PlaybackTime = .start, window: String? = nil) -> EventChunks {
    let pool = self.pool
    return chunks { core throws(StoreError) -> any ChunkStream in
      // Reading a dictionary takes longer than all else: on another thread meanwhile.
      if let facts = core.unreadDictionary(of: key.project) {
        pool.start { _ = try? core.dictionaries.dictionary(facts) }
      }
      return try PlaybackStream(core, key, at: time, window: window)
    }
  }

  /// The byte ranges of the blocks that hold a range of time, for clients that fetch and decode them by themselves.
  /// Throws `.notFound` where there is no such session.
  public func byteRanges(in key: SessionKey, time: Range<Timestamp>? = nil) async throws(StoreError) -> ByteRanges {
    let range = try time?.finite()
    return try await read { core throws(StoreError) in try core.byteRanges(of: key, time: range) }
  }

  /// One block of a session as it is stored, for clients that decode blocks by themselves. Blocks are handed out by session:
  /// a pack holds many.
  ///
  /// Throws `.blockGone` where the pack is no longer in the store (ask for `byteRanges` again), `.notFound` where the session
  /// has no such block or there is no such session, `.damaged` where its checksum is wrong.
  public func storedBlock(_ id: BlockID, of key: SessionKey) async throws(StoreError) -> StoredBlock {
    try await read { core throws(StoreError) in try core.storedBlock(id, of: key) }
  }

  /// The content of a dictionary that blocks name. Throws `.notFound` where there is none of that name.
  public func dictionary(_ id: DictionaryID) async throws(StoreError) -> [UInt8] {
    try await read { core throws(StoreError) in
      guard let facts = core.catalog.state.dictionaries.first(where: { $0.id == id.identifier }) else {
        throw StoreError(.notFound, "there is no dictionary \(id)")
      }
      return try DictionaryFile.read(facts, core.environment, core.layout)
    }
  }

  /// What the store consists of.
  public func info() async throws(StoreError) -> StoreInfo {
    try await read { core throws(StoreError) in try core.info() }
  }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (StoreCore) throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    try requireOpen()
    let (core, isWriting) = (self.core, writing != nil)
    return try await pool.run { () throws(StoreError) -> Result in
      // The writer looks at the catalog before each group and every second.
      if !isWriting { try core.refreshAll() }
      return try body(core)
    }
  }

  func chunks(
    _ open: @escaping @Sendable (StoreCore) throws(StoreError) -> any ChunkStream
  ) -> EventChunks {
    let (core, isWriting) = (self.core, writing != nil)
    return EventChunks(pool: pool) { () throws(StoreError) -> any ChunkStream in
      if !isWriting { try core.refreshAll() }
      return try open(core)
    }
  }
}
