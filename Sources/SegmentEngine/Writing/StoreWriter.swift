internal import Logging
internal import SegmentFiles

/// The one ingesting process's hold on a store: writer lock, journal in use, group commit.
///
/// Synchronous. `commit`, `rotate`, `syncBuffered` and `poll` are called by the committing thread alone, `flush` by one
/// thread at a time; both may go on at once.
package final class StoreWriter: Sendable {
  /// What only the committing thread changes.
  struct State {
    var journal: JournalWriter?
    var markFile: (any StorageFile)?
    /// Monotonic time of the first record of the journal in use, nanoseconds.
    var journalBegan: UInt64 = 0
    /// Monotonic time of the first write that is not synced; nil: none.
    var unsyncedSince: UInt64?
    /// Set by a failure after which nothing is known of the disk.
    var poison: StoreError?
    /// Flush request of the catalog that was taken up.
    var flushRequestTaken: UInt64 = 0
  }

  package let core: StoreCore
  private let lock: HeldLock
  let state: Lock<State>
  /// How many groups were committed.
  let groups = Lock<UInt64>(0)
  /// One flush at a time.
  let flushing = Lock<Void>(())

  var environment: StoreEnvironment { core.environment }
  var layout: Layout { core.layout }
  var configuration: Configuration { core.configuration }

  init(_ core: StoreCore, _ lock: HeldLock) {
    self.core = core
    self.lock = lock
    state = Lock(State())
  }

  // MARK: Committing

  /// Commits a group: all of it becomes durable together (or, where every batch is `.buffered`, written), or none.
  ///
  /// 1. edits of other processes are read from the catalog and put in front;
  /// 2. each batch gets its sequence, unless its batch ID was accepted before;
  /// 3. the group is written by one call and synced by another;
  /// 4. the live sessions take it in; the durable mark is moved.
  ///
  /// Outcomes are in the order of `group`.
  package func commit(_ group: [PendingCommit]) -> [CommitOutcome] {
    state.withLock { state -> [CommitOutcome] in
      if let poison = state.poison { return fail(group, poison) }
      do throws(StoreError) {
        return try commitGroup(group, &state)
      } catch {
        return fail(group, error)
      }
    }
  }

  private func fail(_ group: [PendingCommit], _ error: StoreError) -> [CommitOutcome] {
    core.contents.withLock { contents in
      for pending in group { contents.live.update(pending.session) { $0.pending = max(0, $0.pending - 1) } }
    }
    return group.map { _ in .failure(error) }
  }

  private func commitGroup(_ group: [PendingCommit], _ state: inout State) throws(StoreError) -> [CommitOutcome] {
    let edits = try pendingSessionEdits()
    for edit in edits { try core.prepare(edit.session, isHeld: false) }
    // From the first batch on a budget holds.
    try core.gauge.measureOnce(core)
    let journal = try usableJournal(&state)
    var draft = GroupDraft(core, journal, now: environment.clock.now())
    journal.beginGroup()
    for edit in edits { draft.add(edit) }
    var outcomes: [CommitOutcome?] = []
    for pending in group {
      if let refusal = core.gauge.refusal(adding: UInt64(journal.stagedBytes + pending.bytes)), pending.isBatch {
        core.metrics.countRefusal()
        // What was let go is told before that there is no room.
        outcomes.append(.failure(core.refusal(of: pending.session) ?? refusal))
      } else {
        outcomes.append(draft.add(pending))
      }
    }
    if draft.isEmpty {
      draft.release(group)
      return outcomes.map { $0 ?? .failure(.nothingCommitted) }
    }
    let mustSync = !edits.isEmpty || group.contains { $0.isSynced }
    do throws(FileError) {
      try journal.writeGroup(at: environment.clock.now())
    } catch {
      draft.rollBack()
      let failure = StoreError(error, in: layout)
      // A full disk was undone cleanly: what is acknowledged stays, and the next group may find room.
      if failure.code != .diskFull { state.poison = poison(after: failure) }
      throw failure
    }
    if mustSync {
      let start = environment.clock.monotonic()
      do throws(FileError) { try journal.sync() } catch {
        draft.rollBack()
        let failure = poison(after: StoreError(error, in: layout))
        state.poison = failure
        throw failure
      }
      core.metrics.countSync(nanoseconds: environment.clock.monotonic() - start)
      state.unsyncedSince = nil
      moveMark(&state)
    } else if state.unsyncedSince == nil {
      state.unsyncedSince = environment.clock.monotonic()
    }
    draft.apply(group)
    groups.withLock { $0 += 1 }
    core.gauge.add(UInt64(journal.stagedBytes))
    draft.count(in: core.metrics)
    return outcomes.map { $0 ?? .failure(.nothingCommitted) }
  }

  /// The journal in use; a new one where there is none.
  private func usableJournal(_ state: inout State) throws(StoreError) -> JournalWriter {
    if let journal = state.journal { return journal }
    let id = environment.newIdentifier()
    let now = environment.clock.now()
    let known = core.catalog.state
    let header = JournalHeader(
      store: known.store, id: id, ordinal: known.nextOrdinal, epoch: known.nextEpoch, created: now)
    let journal = try inStore(layout) { () throws(FileError) in
      try JournalWriter.create(header, environment, layout, bytesAhead: configuration.journalBytesAhead)
    }
    do throws(StoreError) {
      let after = try core.catalog.commit { catalog throws(StoreError) in
        guard catalog.nextOrdinal == header.ordinal, catalog.nextEpoch == header.epoch else {
          throw StoreError(.conflict, "another process opened a journal", isRetryable: true)
        }
        return [.addJournal(id: id, ordinal: header.ordinal, epoch: header.epoch, created: now)]
      }
      let file = try JournalFile(id, environment, layout)
      core.contents.withLock { $0.journals[id] = file }
      core.settle(after)
    } catch {
      // Unknown whether it is in the catalog, unless the disk was full: an empty journal does no harm there.
      if error.code == .diskFull { try? environment.files.unlink(layout.journal(id)) }
      throw error
    }
    state.journal = journal
    state.journalBegan = environment.clock.monotonic()
    return journal
  }

  /// Session edits of other processes that no journal record holds yet.
  private func pendingSessionEdits() throws(StoreError) -> [SessionEdit] {
    try core.refreshCatalog()
    return core.contents.withLock { contents in
      contents.catalog.sessionEdits.filter { $0.commit > contents.live.appliedCommit }
    }
  }

  func moveMark(_ state: inout State) {
    guard let journal = state.journal else { return }
    for attempt in 0..<2 {
      do {
        if state.markFile == nil { state.markFile = try DurableMark.open(environment, layout) }
        try state.markFile?.writeBytes(
          DurableMark(journal: journal.header.id, position: journal.durable).encode(), at: 0)
        return
      } catch {
        // Tried twice, or a snapshot that is made next would lack what was acknowledged.
        state.markFile = nil
        if attempt == 0 { continue }
        // Other processes see the events with the next group instead.
        core.logger?.warning("the durable mark could not be written", metadata: ["error": "\(error)"])
      }
    }
  }

  private func poison(after error: StoreError) -> StoreError {
    core.logger?.critical("the store is poisoned until it is opened again", metadata: ["error": "\(error)"])
    let failure = StoreError(
      .ioFailed, "writing failed and nothing is known of the disk since: \(error.message); open the store again",
      location: error.location, errno: error.errno)
    core.tails.interrupt(failure)
    return failure
  }

  // MARK: Between commits

  /// Syncs what `.buffered` batches left unsynced, when it is due or `force` is set. Returns when to come again.
  package func syncBuffered(force: Bool = false) throws(StoreError) {
    try state.withLock { (state) throws(StoreError) in
      guard let since = state.unsyncedSince, let journal = state.journal, state.poison == nil else { return }
      let due = since + UInt64(configuration.bufferedSyncInterval * 1_000_000)
      guard force || environment.clock.monotonic() >= due else { return }
      do throws(FileError) { try journal.sync() } catch {
        let failure = poison(after: StoreError(error, in: layout))
        state.poison = failure
        throw failure
      }
      state.unsyncedSince = nil
      moveMark(&state)
    }
  }

  /// What other processes committed that this one has to act upon, and whether the store takes more than it should.
  package struct Found: Sendable {
    /// There is something that `commit([])` would put into the journal.
    package var hasEdits = false
    package var flushRequested = false
    package var hasErasures = false
    package var isPressed = false
  }

  /// Looks what there is to do between commits.
  package func poll() throws(StoreError) -> Found {
    let edits = try pendingSessionEdits()
    let isPressed = try core.gauge.measure(core)
    let request = core.contents.withLock { $0.catalog.flushRequest }
    let taken = state.withLock { state -> Bool in
      defer { state.flushRequestTaken = max(state.flushRequestTaken, request) }
      return request > state.flushRequestTaken
    }
    return Found(hasEdits: !edits.isEmpty, flushRequested: taken, hasErasures: hasErasures, isPressed: isPressed)
  }

  /// Whether the journal in use is due for rotation by size or age.
  package var isRotationDue: Bool {
    state.withLock { state in
      guard state.poison == nil, let journal = state.journal, journal.end > UInt64(JournalHeader.size) else {
        return false
      }
      if journal.end >= UInt64(configuration.journalBytes) { return true }
      let age = environment.clock.monotonic() &- state.journalBegan
      return Double(age) >= configuration.journalSeconds * 1e9
    }
  }

  /// Nanoseconds on the monotonic clock at which a buffered sync or a rotation is due; nil: nothing is.
  package var nextDeadline: UInt64? {
    state.withLock { state in
      if state.poison != nil { return nil }
      var due: UInt64?
      if let since = state.unsyncedSince { due = since + UInt64(configuration.bufferedSyncInterval * 1_000_000) }
      if configuration.maintainsItself, let journal = state.journal, journal.end > UInt64(JournalHeader.size) {
        let age = state.journalBegan + UInt64(configuration.journalSeconds * 1e9)
        due = min(due ?? age, age)
      }
      return due
    }
  }

  /// Seals the journal in use; the next commit starts another. One that is empty is taken back.
  package func rotate() throws(StoreError) {
    try state.withLock { (state) throws(StoreError) in
      if let poison = state.poison { throw poison }
      guard let journal = state.journal else { return }
      if journal.end == UInt64(JournalHeader.size) { return try discard(journal, &state) }
      do throws(FileError) {
        try journal.sync()
        try journal.trim()
      } catch {
        let failure = poison(after: StoreError(error, in: layout))
        state.poison = failure
        throw failure
      }
      state.unsyncedSince = nil
      moveMark(&state)
      let applied = core.contents.withLock { $0.live.appliedCommit }
      let after: CatalogState
      do throws(StoreError) {
        after = try core.catalog.commit { catalog in
          var edits: [CatalogEdit] = [.sealJournal(id: journal.header.id, end: journal.end, damaged: false)]
          if applied > catalog.applied { edits.append(.applied(applied)) }
          return edits
        }
      } catch {
        // If the seal is in force after all, what is appended from here on would not count: only a full disk is certain
        // to have undone it.
        if error.code != .diskFull, error.code != .conflict { state.poison = poison(after: error) }
        throw error
      }
      core.settle(after)
      state.journal = nil
    }
  }

  /// Takes back a journal that nothing was written to, so that no one waits for it to be flushed.
  private func discard(_ journal: JournalWriter, _ state: inout State) throws(StoreError) {
    let header = journal.header
    let after = try core.catalog.commit { _ in [.removeJournal(header.id)] }
    core.settle(after)
    state.journal = nil
    try inStore(layout) { () throws(FileError) in try environment.files.unlink(layout.journal(header.id)) }
  }

  /// Seals the journal and gives the writer lock back. Blocks. The handle is of no use after it.
  package func close() throws(StoreError) {
    defer {
      state.withLock { state in
        state.poison = .handleClosed
        state.markFile?.close()
      }
      lock.release()
    }
    if state.withLock({ $0.poison }) != nil { return }
    try rotate()
  }
}

extension StoreError {
  /// Never seen by a caller: every pending commit has an outcome.
  static var nothingCommitted: StoreError { StoreError(.ioFailed, "nothing was committed") }
}
