internal import Logging
internal import SegmentCodecs
internal import SegmentFiles

/// Erases sessions: at once, physically, beside whoever writes and maintains, without the maintenance lock.
///
/// For some hundred sessions at a time:
/// 1. their segments in all packs are looked up;
/// 2. one commit brings tombstones, which hide them from every reader, refuse their batches and fail every commit in flight
///    that holds something of them, and names what is to be overwritten; it holds only against the packs that were
///    looked at. It is written as a new generation, and the old ones are overwritten, as they may name the sessions;
/// 3. segments are overwritten with zeros, directory entries with markers; synced; pages given back;
/// 4. the writing process does the same in its journals, or this one where nobody writes;
/// 5. the same is done in snapshots that can be reached; 6. a commit says that it is done.
///
/// A crash anywhere is made good by whoever opens the store next for writing, or maintains it: the catalog says what to do.
struct Eraser {
  let core: StoreCore
  /// In the process that writes.
  private let writer: StoreWriter?
  let control: MaintenanceControl
  /// What was not reached, or cannot be.
  var limits: [String] = []

  /// Sessions that one commit buries.
  static let chunk = 512
  /// Images of pages that one commit brings, bytes, unless it is about one session.
  static let imageBytes = 256 << 10
  /// How long to wait for the writing process, nanoseconds, and in which steps.
  private static let patience: UInt64 = 120_000_000_000
  private static let pause: UInt64 = 10_000_000

  /// In a snapshot: the store it was made of, whose lock guards the files that they share.
  private let origin: Layout?

  init(_ core: StoreCore, writer: StoreWriter?, origin: Layout? = nil, _ control: MaintenanceControl) {
    self.core = core
    self.origin = origin
    self.writer = writer
    self.control = control
  }

  /// Throws `.notFound` where there is no such session, or none of the kind; `.overloaded` where the writing process does
  /// not answer within two minutes: then packs are erased and journals will be.
  mutating func run(_ target: ErasureTarget) throws(StoreError) -> ErasureReceipt {
    try core.refreshAll()
    var search = ErasureSearch(core, control)
    let sessions = try search.sessions(of: target)
    try check(target, sessions)
    for pack in search.unreadable {
      limits.append("\(pack) is damaged: sessions whose directory entries cannot be read were not found in it")
    }
    let (kind, hash) = name(of: target)
    var receipt = ErasureFacts(
      id: core.environment.newIdentifier(), time: core.environment.clock.now(), target: kind, hash: hash, sessions: 0,
      segments: 0, records: 0, bytes: 0, packs: 0, journals: 0, isDone: false)
    var touched = (packs: Set<Identifier>(), journals: Set<Identifier>())
    var start = 0
    while start < sessions.count {
      let chunk = Array(sessions[start..<min(sessions.count, start + Self.chunk)])
      start += chunk.count
      try erase(chunk, &receipt, &touched)
    }
    try settleJournals()
    for snapshot in core.catalog.state.snapshots { eraseIn(snapshot, target, sessions, &receipt) }
    receipt.isDone = true
    let done = receipt
    core.settle(
      try core.catalog.commit(.freeing) { state in
        // An earlier attempt that was interrupted is made good by this one.
        let earlier = state.receipts.filter {
          !$0.isDone && $0.id != done.id && $0.target == done.target && $0.hash == done.hash
        }
        return [.receipt(done)]
          + earlier.map { facts in
            var facts = facts
            facts.isDone = true
            return .receipt(facts)
          }
      })
    core.metrics.count(.erased, Int(clamping: receipt.sessions))
    core.logger?.notice(
      "erased",
      metadata: [
        "receipt": "\(receipt.id)", "sessions": "\(receipt.sessions)", "segments": "\(receipt.segments)",
        "records": "\(receipt.records)", "bytes": "\(receipt.bytes)",
      ])
    try addLimits()
    return ErasureReceipt(receipt, limits: limits)
  }

  // MARK: Packs

  mutating func erase(
    _ sessions: [SessionKey], _ receipt: inout ErasureFacts,
    _ touched: inout (packs: Set<Identifier>, journals: Set<Identifier>)
  ) throws(StoreError) {
    var attempt = 0
    while true {
      attempt += 1
      try control.check()
      try core.refreshAll()
      let (known, live) = core.contents.withLock { contents in
        (contents.catalog, sessions.compactMap { contents.live[$0] })
      }
      let destroyer = try Destroyer(core, lockLayout: origin, control)
      defer { destroyer.release() }
      let destruction: Destruction
      do throws(StoreError) {
        destruction = try self.destruction(of: sessions, destroyer)
      } catch {
        // A pack went while it was looked at.
        if error.code == .notFound, attempt < 1_000 { continue }
        throw error
      }
      // What pages will be has to go through the catalog: not too much of it at once.
      if destruction.imageBytes > Self.imageBytes, sessions.count > 1 {
        destroyer.release()
        let half = sessions.count / 2
        try erase(Array(sessions[..<half]), &receipt, &touched)
        try erase(Array(sessions[half...]), &receipt, &touched)
        return
      }
      var next = receipt
      next.sessions += UInt64(sessions.count)
      for part in destruction.packs {
        touched.packs.insert(part.pack)
        next.segments += part.erased.segments
        next.bytes += part.erased.bytes
      }
      for part in live.flatMap(\.parts) {
        touched.journals.insert(part.journal.id)
        next.records += UInt64(part.records.count)
      }
      next.packs = UInt64(touched.packs.count)
      next.journals = UInt64(touched.journals.count)
      let (noted, until) = (next, memory(known))
      let after: CatalogState
      do throws(StoreError) {
        after = try core.catalog.commit([.renewing, .freeing]) { state throws(StoreError) in
          guard state.packs == known.packs else {
            throw StoreError(.conflict, "packs were changed while they were searched", isRetryable: true)
          }
          let stones = sessions.map { session -> CatalogEdit in
            .tombstone(
              Tombstone(
                hash: state.erasureHash(of: session), target: .session, time: noted.time, commit: 0, untilDay: until))
          }
          return stones + [.receipt(noted)] + (destruction.isEmpty ? [] : [.destroy(destruction)])
        }
      } catch {
        // Someone flushed, merged or promoted: what there is now is looked at.
        if error.code == .conflict, attempt < 1_000 { continue }
        throw error
      }
      receipt = next
      core.settle(after)
      if !destruction.isEmpty { try destroyer.carryOut(destruction, control) }
      try StrayPacks(core: core).erase(sessions)
      return
    }
  }

  /// Up to which day batches that come for an erased session are known to be late: as long as the policy keeps anything.
  private func memory(_ state: CatalogState) -> UInt32 {
    Day.of(core.environment.clock.now()) + UInt32(clamping: core.policy(of: state).longestRetentionDays)
  }

  /// Where the sessions are in the packs that the catalog names.
  private mutating func destruction(
    of sessions: [SessionKey], _ destroyer: Destroyer
  ) throws(StoreError) -> Destruction {
    var doomed: [Identifier: [DoomedSegment]] = [:]
    let index = try core.index()
    for session in sessions {
      for segment in index.find(KeyHash.of(session)) {
        guard let facts = index.packs[Int(segment.pack)] else { continue }
        let found: SegmentEntry?
        do throws(StoreError) {
          found = try core.packs.pack(facts).readEntry(offset: segment.offset, length: segment.length)
        } catch {
          guard error.code == .damaged else { throw error }
          // What else there is of it goes all the same.
          let pack = core.layout.relative(core.layout.pack(facts.id))
          let limit =
            "\(pack), offset \(segment.offset): damaged, and may be of session \(session); it goes with its pack"
          if !limits.contains(limit) { limits.append(limit) }
          continue
        }
        guard let entry = found, entry.session == session else { continue }
        let start = UInt64(segment.offset)
        doomed[facts.id, default: []].append(DoomedSegment(entry, at: start..<start + UInt64(segment.length)))
      }
    }
    return try Destruction(core.environment.newIdentifier(), .erasure, doomed, destroyer)
  }

  // MARK: Journals

  /// Waits until the writing process has erased what its journals hold; does it where nobody writes.
  private func settleJournals() throws(StoreError) {
    if let writer { return try writer.applyErasures() }
    let clock = core.environment.clock
    let deadline = clock.monotonic() + Self.patience
    while true {
      try core.refreshAll()
      let state = core.catalog.state
      if state.tombstones.values.allSatisfy({ $0.commit <= state.erasureApplied }) { return }
      if try !core.isBeingWritten() {
        do throws(StoreError) {
          // Opening for writing does it.
          try StoreWriter.open(core.layout, core.configuration, core.environment).close()
          continue
        } catch {
          guard error.code == .locked else { throw error }
        }
      }
      guard clock.monotonic() < deadline else {
        throw StoreError(
          .overloaded,
          "packs are erased; the writing process did not take the erasure up within two minutes and will when it runs",
          isRetryable: true)
      }
      clock.pause(nanoseconds: Self.pause)
    }
  }

  // MARK: What is not reached

  private mutating func addLimits() throws(StoreError) {
    if !core.catalog.hasDestroyedAll {
      limits.append("an old generation of the catalog could not be overwritten; its blocks are free")
    }
    let volume = try inStore(core.layout) { () throws(FileError) in
      try core.environment.files.volume(at: core.layout.root)
    }
    if let kind = volume.copyOnWriteKind {
      limits.append("\(kind) does not overwrite in place: old blocks stay until they are used again")
    }
    if !core.catalog.state.dictionaries.isEmpty {
      limits.append("dictionaries hold text that at least three visitors' sessions share; dict retire removes one")
    }
    limits.append("backups, copies elsewhere, and what a drive keeps of overwritten blocks")
  }
}
