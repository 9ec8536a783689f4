internal import SegmentFiles

/// A commit group while it is put together: gives out sequences, recognises batches that were accepted before, and can be
/// rolled back as if it had never been.
struct GroupDraft {
  private struct Staged {
    var head: RecordHead
    var digest: BatchDigest?
    /// The events, for those who watch the session.
    var watched: [UInt8]?
  }

  private let core: StoreCore
  private let journal: JournalWriter
  private let identity: JournalIdentity
  private let now: Double
  /// What the live sessions take in when the group is durable.
  private var staged: [Staged] = []
  /// Sequences as they were before the group.
  private var before: [SessionKey: UInt64] = [:]
  /// Batches of this group, so that the same one twice in it is recognised.
  private var inGroup: [SessionKey: [(hash: UInt64, batch: PreparedBatch, receipt: AppendReceipt)]] = [:]

  init(_ core: StoreCore, _ journal: JournalWriter, now: Double) {
    self.core = core
    self.journal = journal
    self.now = now
    identity = journal.identity
  }

  var isEmpty: Bool { staged.isEmpty }

  /// Puts an edit of another process into the group.
  mutating func add(_ edit: SessionEdit) {
    // The erasure took it out of the catalog; a view that is a moment older may still have it.
    if core.contents.withLock({ $0.catalog.isErased(edit.session) }) { return }
    switch edit.change {
    case .setTags(let changes): stage(.tags, edit.session, .tags(changes), received: edit.time, applied: edit.commit)
    case .finish: stage(.finish, edit.session, .finish, received: edit.time, applied: edit.commit)
    }
  }

  /// Puts a commit into the group, or says at once what becomes of it.
  mutating func add(_ pending: PendingCommit) -> CommitOutcome {
    // Looked at here, where no commit of this process can come between: what was let go begins no second time.
    if let refusal = core.refusal(of: pending.session) { return .failure(refusal) }
    switch pending {
    case .tags(let key, let changes):
      return .success(stage(.tags, key, .tags(changes), received: now, applied: 0))
    case .finish(let key):
      return .success(stage(.finish, key, .finish, received: now, applied: 0))
    case .batch(let batch):
      do throws(StoreError) {
        if let receipt = try acceptedBefore(batch) { return .success(receipt) }
        return .success(try stage(batch))
      } catch {
        return .failure(error)
      }
    }
  }

  @discardableResult
  private mutating func stage(
    _ kind: PreparedRecord.Kind, _ key: SessionKey, _ details: RecordDetails, received: Double, applied: UInt64
  ) -> AppendReceipt {
    let sequence = core.contents.withLock { $0.live[key]?.nextSequence } ?? 0
    var writer = ByteWriter()
    if case .tags(let changes) = details { writer.tagChanges(changes) }
    let record = PreparedRecord(
      kind: kind, flags: [], session: key, events: 0, rawLength: 0, payload: [], payloadChecksum: 0,
      appliedCommit: applied, encodedDetails: writer.bytes)
    let place = journal.add(record, sequence: sequence, received: received)
    staged.append(
      Staged(
        head: RecordHead(
          offset: place.offset, headLength: place.headLength, payloadLength: 0, payloadChecksum: 0, rawLength: 0,
          sequence: sequence, received: received, events: 0, flags: [], session: key, appliedCommit: applied,
          details: details)))
    return AppendReceipt(
      first: Cursor(epoch: identity.epoch, sequence: sequence), events: 0,
      received: Timestamp(millisecondsSince1970: received), isDuplicate: false, rejected: [])
  }

  private mutating func stage(_ batch: PreparedBatch) throws(StoreError) -> AppendReceipt {
    let record = batch.record
    let key = record.session
    let window = batch.batch.window
    let taken = core.contents.withLock { contents -> (sequence: UInt64, hasRoom: Bool) in
      var taken = (sequence: 0 as UInt64, hasRoom: true)
      contents.live.enter(LiveSession(lastReceived: batch.received), as: key)
      contents.live.update(key) { session in
        taken.sequence = session.nextSequence
        taken.hasRoom =
          session.windows.count < FormatLimits.windowsPerSegment - 1
          || session.windows.contains { NameBytes.same($0, window) }
        if taken.hasRoom { session.nextSequence += UInt64(record.events) }
      }
      return taken
    }
    guard taken.hasRoom else {
      throw StoreError(
        .invalidArgument, "the session has \(FormatLimits.windowsPerSegment) windows; no more are taken",
        location: .init(session: key))
    }
    if before[key] == nil { before[key] = taken.sequence }
    let place = journal.add(record, sequence: taken.sequence, received: batch.received)
    staged.append(
      Staged(
        head: RecordHead(
          offset: place.offset, headLength: place.headLength, payloadLength: record.payload.count,
          payloadChecksum: record.payloadChecksum, rawLength: record.rawLength, sequence: taken.sequence,
          received: batch.received, events: record.events, flags: record.flags, session: key, appliedCommit: 0,
          details: .events(batch.batch)),
        digest: batch.digest, watched: batch.watched))
    let receipt = AppendReceipt(
      first: Cursor(epoch: identity.epoch, sequence: taken.sequence), events: record.events,
      received: Timestamp(millisecondsSince1970: batch.received), isDuplicate: false, rejected: batch.rejected)
    if batch.digest.batchHash != 0 { inGroup[key, default: []].append((batch.digest.batchHash, batch, receipt)) }
    return receipt
  }

  // MARK: Batches accepted before

  /// The first receipt of a batch whose ID was accepted before; nil where it was not. The same ID with other bytes throws.
  private func acceptedBefore(_ batch: PreparedBatch) throws(StoreError) -> AppendReceipt? {
    guard batch.digest.batchHash != 0 else { return nil }
    let key = batch.record.session
    for other in inGroup[key] ?? []
    where other.hash == batch.digest.batchHash && other.batch.batch.batchID == batch.batch.batchID {
      return try repeated(
        batch, checksum: other.batch.batch.rawChecksum, length: other.batch.record.rawLength,
        first: other.receipt.first, events: other.receipt.events, received: other.receipt.received.millisecondsSince1970
      )
    }
    let (records, mayBePacked) = core.contents.withLock { contents -> ([(LiveRecord, LivePart)], Bool) in
      guard let session = contents.live[key] else { return ([], false) }
      var found: [(LiveRecord, LivePart)] = []
      for part in session.parts {
        for record in part.records
        where record.flags.contains(.hasBatchID) && record.batchMark == batch.digest.batchMark {
          found.append((record, part))
        }
      }
      return (found, session.packedBatches.contains(batch.digest.batchMark))
    }
    for (record, part) in records {
      guard let file = core.contents.withLock({ $0.journals[part.journal.id] }) else { continue }
      let head = try file.readHead(at: record.offset, headLength: Int(record.headLength))
      guard case .events(let first) = head.details, first.batchID == batch.batch.batchID else { continue }
      return try repeated(
        batch, checksum: first.rawChecksum, length: head.rawLength,
        first: Cursor(epoch: part.epoch, sequence: record.sequence), events: head.events, received: head.received)
    }
    guard mayBePacked, let first = try core.packedBatch(batch.digest.batchHash, of: key) else { return nil }
    return try repeated(
      batch, checksum: first.batch.rawChecksum, length: Int(first.batch.rawLength),
      first: Cursor(epoch: first.epoch, sequence: first.batch.sequence), events: first.batch.events,
      received: first.batch.received)
  }

  private func repeated(
    _ batch: PreparedBatch, checksum: UInt32, length: Int, first: Cursor, events: Int, received: Double
  ) throws(StoreError) -> AppendReceipt {
    guard checksum == batch.batch.rawChecksum, length == batch.record.rawLength else {
      throw StoreError(
        .batchConflict,
        "batch ID \(batch.batch.batchID) was accepted before with other bytes; give each batch an ID of its own",
        location: .init(session: batch.record.session))
    }
    return AppendReceipt(
      first: first, events: events, received: Timestamp(millisecondsSince1970: received), isDuplicate: true,
      rejected: batch.rejected)
  }

  // MARK: The end

  /// The group is durable: the live sessions take it in.
  func apply(_ group: [PendingCommit]) {
    core.contents.withLock { contents in
      for record in staged { contents.live.apply(record.head, in: identity, digest: record.digest) }
      Self.unpin(group, &contents)
    }
    if core.tails.hasViewers { core.tails.publish(staged.compactMap(news)) }
  }

  /// What those who watch the session of a record are told.
  private func news(_ record: Staged) -> TailNews? {
    switch record.head.details {
    case .finish: return TailNews(key: record.head.session, what: .finished(record.head.received))
    case .events(let batch):
      let (first, count) = (record.head.sequence, record.head.events)
      let chunk = record.watched.map { ndjson in
        var runs = EventRuns()
        runs.append(sequence: first, count: count, epoch: identity.epoch, window: batch.window)
        return EventChunk(ndjson: ndjson, runs: runs)
      }
      return TailNews(key: record.head.session, what: .events(first: first, count: count, chunk))
    case .tags, .erased: return nil
    }
  }

  /// Counts what the group held.
  func count(in metrics: StoreMetrics) {
    let batches = staged.filter { $0.digest != nil }
    metrics.countCommit(
      batches: batches.count, events: batches.reduce(0) { $0 + $1.head.events },
      rawBytes: batches.reduce(0) { $0 + $1.head.rawLength })
  }

  /// The group is not in the journal: sequences are given again.
  func rollBack() {
    core.contents.withLock { contents in
      for (key, sequence) in before { contents.live.update(key) { $0.nextSequence = sequence } }
    }
  }

  /// Nothing was staged: only the hold on the sessions ends.
  func release(_ group: [PendingCommit]) {
    core.contents.withLock { Self.unpin(group, &$0) }
  }

  private static func unpin(_ group: [PendingCommit], _ contents: inout StoreCore.Contents) {
    for pending in group { contents.live.update(pending.session) { $0.pending = max(0, $0.pending - 1) } }
  }
}
