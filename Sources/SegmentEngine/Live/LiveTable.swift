internal import SegmentCodecs

/// All sessions that have something in a journal.
///
/// Filled by the writer as it commits and by recovery or a reader as it scans: both apply the same record heads.
struct LiveTable: Sendable {
  private(set) var sessions: [SessionKey: LiveSession] = [:]
  /// Highest `applied commit` that a record named.
  private(set) var appliedCommit: UInt64 = 0

  subscript(key: SessionKey) -> LiveSession? { sessions[key] }

  /// Enters a session whose state in the packs is known (or that has none there).
  /// One that is there already and not joined is joined with it.
  mutating func enter(_ session: LiveSession) {
    guard var known = sessions[session.key] else {
      sessions[session.key] = session
      return
    }
    guard session.isJoined, !known.isJoined else { return }
    known.isJoined = true
    known.nextSequence = max(known.nextSequence, session.nextSequence)
    known.packedBatches += session.packedBatches
    if !session.visitor.isEmpty { known.visitor = session.visitor }
    sessions[session.key] = known
  }

  mutating func update(_ key: SessionKey, _ body: (inout LiveSession) -> Void) {
    guard var session = sessions.removeValue(forKey: key) else { return }
    body(&session)
    sessions[key] = session
  }

  /// Takes in a record that is in a journal. `digest` is given where the caller has it already.
  mutating func apply(_ head: RecordHead, in journal: JournalIdentity, digest: BatchDigest? = nil) {
    appliedCommit = max(appliedCommit, head.appliedCommit)
    var session =
      sessions.removeValue(forKey: head.session)
      ?? LiveSession(key: head.session, visitor: "", nextSequence: 0, lastReceived: head.received)
    session.apply(head, in: journal, digest: digest)
    sessions[head.session] = session
  }

  /// Forgets what a flush has put into packs; `batches` of it stay known by their low halves.
  mutating func remove(journals ordinals: Set<UInt64>) {
    for key in sessions.keys where sessions[key]?.parts.contains(where: { ordinals.contains($0.ordinal) }) ?? false {
      update(key) { session in
        for part in session.parts where ordinals.contains(part.ordinal) {
          session.packedBatches += part.records.lazy.filter { $0.batchHash != 0 }
            .map { UInt32(truncatingIfNeeded: $0.batchHash) }
        }
        session.parts.removeAll { ordinals.contains($0.ordinal) }
      }
    }
  }

  /// Forgets sessions that have nothing in a journal and heard nothing since `time`.
  mutating func forgetIdle(since time: Double) {
    sessions = sessions.filter { !$0.value.parts.isEmpty || $0.value.pending > 0 || $0.value.lastReceived >= time }
  }
}

extension LiveSession {
  mutating func apply(_ head: RecordHead, in journal: JournalIdentity, digest: BatchDigest?) {
    lastReceived = max(lastReceived, head.received)
    nextSequence = max(nextSequence, head.sequence)
    let place = part(of: journal, received: head.received)
    switch head.details {
    case .tags(let changes):
      parts[place].tags += changes.map { TimedTag(change: $0, time: head.received) }
      parts[place].facts.merge(SegmentFacts(received: head.received))
    case .finish:
      parts[place].finished = head.received
      parts[place].facts.merge(SegmentFacts(received: head.received))
    case .events(let batch):
      nextSequence = max(nextSequence, head.sequence + UInt64(head.events))
      if visitor.isEmpty { visitor = batch.visitor }
      let digest = digest ?? BatchDigest(batch, head.plausibility(batch), received: head.received)
      parts[place].records.append(
        LiveRecord(
          offset: head.offset, headLength: UInt32(head.headLength), payloadLength: UInt32(head.payloadLength),
          sequence: head.sequence, first: digest.summary.first, last: digest.summary.last,
          batchHash: digest.batchHash, events: UInt32(head.events),
          window: index(of: batch.window), flags: digest.summary.flags))
      parts[place].facts.merge(digest.facts)
      parts[place].storedBytes += UInt64(head.payloadLength)
      parts[place].rawBytes += UInt64(head.rawLength)
    }
  }
}

/// What the live sessions take from a batch, worked out before any lock is held.
struct BatchDigest: Sendable {
  var facts: SegmentFacts
  var summary: BatchSummary
  /// Key hash of the batch ID; 0: none.
  var batchHash: UInt64

  init(facts: SegmentFacts, summary: BatchSummary, batchHash: UInt64) {
    self.facts = facts
    self.summary = summary
    self.batchHash = batchHash
  }

  init(_ batch: BatchDetails, _ plausibility: Plausibility, received: Double) {
    facts = batch.facts(plausibility, received: received)
    summary = BatchSummary(batch.table, plausibility)
    batchHash = batch.batchID.isEmpty ? 0 : KeyHash.of([batch.batchID])
  }
}

/// What a live record says of its batch.
struct BatchSummary {
  var first = 0.0
  var last = 0.0
  var flags: LiveRecord.Flags = [.isSorted]

  init(_ table: EventTable, _ plausibility: Plausibility) {
    var previous = -Double.infinity
    for entry in table.entries {
      if entry.kind == .fullSnapshot { flags.insert(.hasKeyframe) }
      if entry.timestamp < previous { flags.remove(.isSorted) }
      previous = entry.timestamp
      guard plausibility.holds(entry.timestamp) else {
        flags.remove(.isSorted)
        continue
      }
      if flags.contains(.hasRange) {
        first = min(first, entry.timestamp)
        last = max(last, entry.timestamp)
      } else {
        first = entry.timestamp
        last = entry.timestamp
        flags.insert(.hasRange)
      }
    }
  }
}

extension BatchDetails {
  /// The facts of the batch alone.
  func facts(_ plausibility: Plausibility, received: Double) -> SegmentFacts {
    var facts = SegmentFacts(received: received)
    for entry in table.entries { facts.add(entry, isPlausible: plausibility.holds(entry.timestamp)) }
    for page in pages { facts.addPage(page.href) }
    return facts
  }
}
