/// What is known of a session with something in a journal, or that had until recently.
///
/// Changed by the committing thread alone, in the table and under the lock of the store's state; readers take copies.
struct LiveSession: Sendable {
  var visitor = ""
  /// Sequence of the next event.
  var nextSequence: UInt64
  var windows = FewStrings()
  /// In order of ordinal.
  var parts: [LivePart] = []
  /// Low halves of the key hashes of batch IDs that are in packs: one that is not here was never accepted.
  var packedBatches: [UInt32] = []
  /// Meta events by window whose FullSnapshot is still to come: a recorder whose buffer is full sends a batch between
  /// the two.
  private var openMetas: [UInt16: UInt64] = [:]
  var lastReceived: Double
  /// Records of it that are queued or being written.
  var pending: Int32 = 0
  /// True once what the session has in packs is taken into account: its sequences go on there, and its batch IDs are in
  /// `packedBatches`. A session that recovery or a reader finds in a journal does not know that yet.
  var isJoined = false

  /// A session of which nothing was received yet.
  init(nextSequence: UInt64 = 0, lastReceived: Double) {
    self.nextSequence = nextSequence
    self.lastReceived = lastReceived
  }

  /// Takes in a record that is in a journal.
  mutating func apply(_ head: RecordHead, in journal: JournalIdentity, digest: BatchDigest?) {
    lastReceived = max(lastReceived, head.received)
    nextSequence = max(nextSequence, head.sequence)
    let place = part(of: journal, received: head.received)
    switch head.details {
    case .tags(let changes):
      parts[place].tags += changes.map { TimedTag(change: $0, time: head.received) }
      parts[place].facts.receiveEdit(at: head.received)
    case .finish:
      parts[place].finished = head.received
      parts[place].facts.receiveEdit(at: head.received)
    case .erased: break
    case .events(let batch):
      nextSequence = max(nextSequence, head.sequence + UInt64(head.events))
      if visitor.isEmpty { visitor = batch.visitor }
      let digest = digest ?? BatchDigest(batch, head.plausibility(batch), received: head.received)
      let record = LiveRecord(
        offset: head.offset, headLength: UInt32(head.headLength), payloadLength: UInt32(head.payloadLength),
        sequence: head.sequence, first: digest.summary.first, last: digest.summary.last,
        batchMark: digest.batchMark, events: UInt32(head.events), window: index(of: batch.window),
        flags: digest.flags)
      let metaDistance = metaDistance(digest.summary, record)
      if parts[place].append(record, digest.facts, metaDistance: metaDistance) { return }
      var more = LivePart(journal, received: head.received)
      _ = more.append(record, digest.facts, metaDistance: metaDistance)
      parts.appendTightly(more)
    }
  }

  /// The distance to the Meta event of an earlier batch that the first keyframe of this one belongs to, or 0; takes note
  /// of one that this batch ends with.
  private mutating func metaDistance(_ summary: BatchSummary, _ record: LiveRecord) -> Int {
    let open = summary.flags.contains(.hasKeyframe) ? openMetas.removeValue(forKey: record.window) : nil
    if let meta = summary.openMeta { openMetas[record.window] = record.sequence + UInt64(meta) }
    guard summary.needsMeta, let open, open < record.sequence else { return 0 }
    return Int(record.sequence - open)
  }

  /// Place of a window in `windows`, which gets it where it is new.
  private mutating func index(of window: String) -> UInt16 {
    if let index = windows.firstIndex(where: { NameBytes.same($0, window) }) { return UInt16(index) }
    windows.append(window)
    return UInt16(windows.count - 1)
  }

  /// The newest part of a journal, made where there is none.
  private mutating func part(of journal: JournalIdentity, received: Double) -> Int {
    if let last = parts.indices.last, parts[last].ordinal == journal.ordinal { return last }
    parts.appendTightly(LivePart(journal, received: received))
    return parts.count - 1
  }

  /// What the session has in some journals went into packs; its batches stay known by their marks.
  mutating func remove(journals ordinals: Set<UInt64>) {
    for part in parts where ordinals.contains(part.ordinal) {
      for record in part.records where record.flags.contains(.hasBatchID) {
        packedBatches.appendTightly(record.batchMark)
      }
    }
    parts.removeAll { ordinals.contains($0.ordinal) }
    if parts.isEmpty { parts = [] }
  }
}
