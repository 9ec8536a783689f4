internal import SegmentFiles

/// A store of session recordings: the door to everything the engine does.
///
/// ```swift
/// let store = try await ReplayStore.open("/var/lib/replay")
/// let key = SessionKey(project: "shop", id: "s-1842")
/// try await store.append(body, to: key, batchID: "s-1842-7")     // on the disk when it returns
/// for try await chunk in store.playback(of: key, at: .offset(milliseconds: 90_000)) {
///   send(chunk.ndjson)                                            // from the keyframe before, in order of time
/// }
/// try await store.close()
/// ```
///
/// One process at a time opens a store with `.readWrite`; any number read beside it. All calls may be made from any task
/// at once. Blocking work runs on the engine's own threads.
public final class ReplayStore: Sendable {
  let core: StoreCore
  let mode: Mode
  let writing: Writing?
  let pool: WorkerPool
  private let isOpen = Lock(true)

  /// What only a writing handle has.
  struct Writing {
    var writer: StoreWriter
    var committer: Committer
    var flushing: FlushingThread
    var maintaining: MaintenanceThread?
    var gate: AdmissionGate
  }

  let maintenance: Maintenance
  /// Reads the index of the packs, and ends.
  private let warming = OwnedThread()
  /// Looks for what others store, where this handle does not write.
  let follower: TailFollower?
  /// Set when the handle is closed: maintenance that is under way stops.
  let isStopping = Lock(false)

  private init(
    core: StoreCore, mode: Mode, writing: Writing?, maintenance: Maintenance, pool: WorkerPool
  ) {
    self.core = core
    self.maintenance = maintenance
    self.mode = mode
    self.writing = writing
    self.pool = pool
    follower = writing == nil ? TailFollower(core) : nil
  }

  // MARK: Opening and closing

  /// Opens the store at `path`, a folder. With `.readWrite` it is made where it does not exist; the folder above it must.
  ///
  /// Throws `.locked` (naming the holder) where another process writes, `.notFound`, `.notAStore`, `.newerFormat`,
  /// `.networkFileSystem`, `.accessDenied`, `.damaged`, `.ioFailed`. Takes time in proportion to the journals that were
  /// not yet flushed and to the number of packs. Where the segments are (24 bytes each) is read by a thread of its own
  /// afterwards; the first call that needs to know waits for it, and throws what keeps it from being read.
  public static func open(
    _ path: String, mode: Mode = .readWrite, configuration: Configuration = .init()
  ) async throws(StoreError) -> ReplayStore {
    let environment = StoreEnvironment.system()
    return try await open(Layout(root: path), mode: mode, configuration: configuration, environment)
  }

  package static func open(
    _ layout: Layout, mode: Mode, configuration: Configuration, _ environment: StoreEnvironment
  ) async throws(StoreError) -> ReplayStore {
    let pool = WorkerPool(threads: configuration.readerThreads, name: "segment-read")
    do throws(StoreError) {
      let store = try await pool.run { () throws(StoreError) -> ReplayStore in
        try openBlocking(layout, mode, configuration, environment, pool)
      }
      // On no thread of the pool: those are for who plays at once, and reads a dictionary beside.
      store.warming.start("segment-index") { [core = store.core] in core.warmUp() }
      return store
    } catch {
      // Not on the cooperative pool: joining threads blocks.
      _ = EngineThread("segment-stop") { pool.stop() }
      throw error
    }
  }

  private static func openBlocking(
    _ layout: Layout, _ mode: Mode, _ configuration: Configuration, _ environment: StoreEnvironment, _ pool: WorkerPool
  ) throws(StoreError) -> ReplayStore {
    switch mode {
    case .readWrite:
      let writer = try StoreWriter.open(layout, configuration, environment)
      let gate = AdmissionGate(limit: configuration.limits.bytesInFlight)
      let flushing = FlushingThread(writer, gate)
      let maintenance = Maintenance(writer.core)
      let maintaining = configuration.maintainsItself ? MaintenanceThread(maintenance) : nil
      let committer = Committer(
        writer, .init(sealed: { flushing.wake() }, erased: { flushing.erase() }, pressed: { maintaining?.press() }))
      return ReplayStore(
        core: writer.core, mode: mode,
        writing: Writing(
          writer: writer, committer: committer, flushing: flushing,
          maintaining: maintaining, gate: gate),
        maintenance: maintenance, pool: pool)
    case .readOnly, .maintenance:
      let core = try StoreCore.openForReading(
        layout, configuration, environment, commits: mode == .maintenance)
      return ReplayStore(
        core: core, mode: mode, writing: nil, maintenance: Maintenance(core), pool: pool)
    }
  }

  /// Commits what is under way, seals the journal and gives the locks back. The handle refuses everything afterwards.
  /// Nothing is lost where it is not called: it only makes the next opening quicker.
  public func close() async throws(StoreError) {
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    guard wasOpen else { return }
    isStopping.withLock { $0 = true }
    core.tails.close()
    let (writing, maintenance, pool, follower) = (self.writing, self.maintenance, self.pool, self.follower)
    let warming = self.warming
    let result = await withCheckedContinuation { (done: CheckedContinuation<Result<Void, StoreError>, Never>) in
      _ = EngineThread("segment-close") {
        follower?.stop()
        writing?.gate.close()
        writing?.committer.stop()
        writing?.flushing.stop()
        writing?.maintaining?.stop()
        maintenance.waitUntilIdle()
        warming.join()
        var result = Result<Void, StoreError>.success(())
        do throws(StoreError) { try writing?.writer.close() } catch { result = .failure(error) }
        pool.stop()
        done.resume(returning: result)
      }
    }
    try result.get()
  }

  func requireOpen() throws(StoreError) {
    if !isOpen.withLock({ $0 }) { throw .handleClosed }
  }

  func requireChanging() throws(StoreError) {
    try requireOpen()
    if mode == .readOnly { throw StoreError(.wrongMode, "a store opened with .readOnly cannot be changed") }
  }

  private func requireWriting(_ call: String) throws(StoreError) -> Writing {
    try requireOpen()
    guard let writing else {
      throw StoreError(.wrongMode, "\(call) needs a store that is opened with .readWrite")
    }
    return writing
  }

  // MARK: Ingest

  /// Stores a batch of events: NDJSON or a JSON array of rrweb events, kept byte for byte.
  ///
  /// - Parameters:
  ///   - events: the batch, at most `Limits.batchBytes`.
  ///   - key: the session. It begins with its first batch.
  ///   - window: the tab or window the batch comes from, 0-128 bytes.
  ///   - batchID: the client's own name of the batch, 0-128 bytes. The same batch sent again with the same ID is not
  ///     stored again, also after a restart and while the first is still under way: the first receipt is returned.
  ///   - visitor: who is recorded, 0-256 bytes; the first that is given counts.
  ///   - validation: what becomes of a batch with invalid events.
  ///   - durability: when the call returns.
  ///   - origin: `.imported` for recordings of the past, whose timestamps are not held against the clock.
  /// - Returns: where the events were put. With `.synced` they are on the disk then.
  /// - Throws: `.emptyBatch`, `.batchTooLarge`, `.eventTooLarge`, `.invalidEvents` (nothing of the batch is stored),
  ///   `.batchConflict`, `.invalidArgument`, `.diskFull` (may be repeated), `.ioFailed` (open the store again),
  ///   `.cancelled` where the task was cancelled before the batch was queued, `.closed`, `.wrongMode`.
  ///
  /// Waits while more than `Limits.bytesInFlight` are under way. Once queued, the batch is committed whatever becomes of
  /// the caller's task. Time is linear in the size of the batch, plus one sync of the disk that all share who wait.
  @concurrent
  @discardableResult
  public func append(
    _ events: some Collection<UInt8> & Sendable, to key: SessionKey, window: String = "", batchID: String? = nil,
    visitor: String? = nil, validation: Validation = .rejectBatch, durability: Durability = .synced,
    origin: Origin = .live
  ) async throws(StoreError) -> AppendReceipt {
    let writing = try requireWriting("append")
    try Names.check(key)
    try Names.check(window, "window", 0...FormatLimits.window)
    if let batchID { try Names.check(batchID, "batch ID", 0...FormatLimits.batchID) }
    if let visitor { try Names.check(visitor, "visitor ID", 0...FormatLimits.visitor) }
    let limits = core.configuration.limits
    let size = events.count
    guard size <= min(limits.batchBytes, FormatLimits.batchBytes) else {
      throw StoreError(
        .batchTooLarge, "a batch of \(size) bytes; at most \(limits.batchBytes) are taken",
        location: .init(session: key))
    }
    if Task.isCancelled { throw StoreError(.cancelled, "the task was cancelled", isRetryable: true) }
    try await writing.gate.enter(size)
    defer { writing.gate.leave(size) }
    let prepared = try PreparedBatch(
      (events as? [UInt8]) ?? Array(events), to: key, window: window, batchID: batchID, visitor: visitor,
      validation: validation, durability: durability, origin: origin, received: core.environment.clock.now(),
      limits: limits, isWatched: core.tails.isWatched(key))
    return try await submit(.batch(prepared), writing)
  }

  /// Sets tags of a session, or removes them where the value is nil. Keys 1-64 bytes, values 0-1,024, at most 64 a call.
  ///
  /// A handle opened with `.maintenance` commits the change to the catalog, from where the writing process takes it over.
  /// Throws `.notFound` where there is no such session.
  public func setTags(_ tags: [String: String?], on key: SessionKey) async throws(StoreError) {
    try Names.check(key)
    try Names.checkTags(tags)
    let changes = tags.sorted { $0.key < $1.key }.map { TagChange(key: $0.key, value: $0.value) }
    if changes.isEmpty { return }
    try await change(key, .tags(key, changes), .setTags(changes))
  }

  /// Says that a session is over. Batches that come later are still taken. Throws `.notFound` where there is none.
  public func finish(_ key: SessionKey) async throws(StoreError) {
    try Names.check(key)
    try await change(key, .finish(key), .finish)
  }

  private func change(
    _ key: SessionKey, _ pending: PendingCommit, _ edit: SessionEdit.Change
  ) async throws(StoreError) {
    try requireOpen()
    try requireChanging()
    guard let now = try await summary(of: key) else { throw core.absence(of: key) }
    if case .setTags(let changes) = edit {
      var tags = now.tags
      for change in changes { tags[change.key] = change.value }
      guard tags.count <= max(FormatLimits.tags, now.tags.count) else {
        throw StoreError(
          .invalidArgument, "the session would have \(tags.count) tags; at most \(FormatLimits.tags) are allowed",
          location: .init(session: key))
      }
    }
    if let writing {
      _ = try await submit(pending, writing)
      return
    }
    let core = self.core
    try await pool.run { () throws(StoreError) in
      let time = core.environment.clock.now()
      _ = try core.catalog.commit { state throws(StoreError) in
        // It may have been erased since it was looked up.
        if state.isErased(key) { throw core.absence(of: key) }
        return [.session(SessionEdit(commit: 0, session: key, time: time, change: edit))]
      }
    }
  }

  private func submit(_ pending: PendingCommit, _ writing: Writing) async throws(StoreError) -> AppendReceipt {
    let core = self.core
    let key = pending.session
    if core.needsReading(key) {
      try await pool.run { () throws(StoreError) in try core.prepare(key) }
    } else {
      try core.prepare(key)
    }
    let outcome = await withCheckedContinuation { (waiting: CheckedContinuation<CommitOutcome, Never>) in
      if !writing.committer.submit(pending, { waiting.resume(returning: $0) }) {
        waiting.resume(returning: .failure(.handleClosed))
      }
    }
    return try outcome.get()
  }

  // MARK: Maintenance

  /// Moves everything that is in journals into packs.
  ///
  /// From a handle opened with `.maintenance` beside a writing process it is a request that the writer answers, within
  /// about a second and the time the flush takes; where nobody writes, it is done here.
  public func flush() async throws(StoreError) {
    try requireOpen()
    if mode == .readOnly { throw StoreError(.wrongMode, "a store opened with .readOnly cannot be flushed") }
    guard let writing else { return try await requestFlush() }
    let outcome = await withCheckedContinuation { (waiting: CheckedContinuation<Result<Void, StoreError>, Never>) in
      if !writing.committer.rotate({ waiting.resume(returning: $0) }) {
        waiting.resume(returning: .failure(.handleClosed))
      }
    }
    try outcome.get()
    try await pool.run { () throws(StoreError) in _ = try writing.writer.flush() }
    writing.flushing.wake()
  }

  private func requestFlush() async throws(StoreError) {
    let (core, mode) = (self.core, self.mode)
    guard mode == .maintenance else { return }
    try await pool.run { () throws(StoreError) in
      try FlushRequest(core).run()
    }
  }

  /// Checks the store. With `deep` every block is decoded and every claim of every index checked. `progress` is called
  /// now and then with the bytes checked and the bytes in all.
  public func verify(
    deep: Bool = false, progress: (@Sendable (_ done: UInt64, _ total: UInt64) -> Void)? = nil
  ) async throws(StoreError) -> VerifyReport {
    try await read { core throws(StoreError) in
      var verifier = Verifier(core, isDeep: deep, progress: progress)
      return try verifier.run()
    }
  }
}
