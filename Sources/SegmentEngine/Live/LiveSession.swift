/// What a session has in one journal.
struct LivePart: Sendable {
  var journal: Identifier
  var ordinal: UInt64
  var epoch: UInt64
  var facts: SegmentFacts
  var records: [LiveRecord] = []
  /// Tag changes in order, with their times.
  var tags: [TimedTag] = []
  var finished: Double?
  /// Bytes of payloads.
  var storedBytes: UInt64 = 0
  /// Bytes of NDJSON.
  var rawBytes: UInt64 = 0
}

/// A tag change and when it was made.
package struct TimedTag: Sendable, Hashable {
  package var change: TagChange
  package var time: Double
}

/// A session with something in a journal, or that had until recently.
///
/// Changed by the committing thread alone, under the lock of the store's state; readers copy what they need under it.
struct LiveSession: Sendable {
  let key: SessionKey
  var visitor: String
  /// Sequence of the next event.
  var nextSequence: UInt64
  var windows: [String] = []
  /// In order of ordinal.
  var parts: [LivePart] = []
  /// Low halves of the key hashes of batch IDs that are in packs: one that is not here was never accepted.
  var packedBatches: [UInt32] = []
  var lastReceived: Double
  /// True once what the session has in packs is taken into account: its sequences go on there, and its batch IDs are in
  /// `packedBatches`. A session that recovery or a reader finds in a journal does not know that yet.
  var isJoined = false
  /// Records of it that are queued or being written.
  var pending = 0

  /// Place of a window in `windows`, which gets it where it is new.
  mutating func index(of window: String) -> UInt16 {
    if let index = windows.firstIndex(where: { $0.utf8.elementsEqual(window.utf8) }) { return UInt16(index) }
    windows.append(window)
    return UInt16(windows.count - 1)
  }

  /// The part of a journal, made where it is new.
  mutating func part(of journal: JournalIdentity, received: Double) -> Int {
    if let last = parts.indices.last, parts[last].ordinal == journal.ordinal { return last }
    parts.append(
      LivePart(
        journal: journal.id, ordinal: journal.ordinal, epoch: journal.epoch, facts: SegmentFacts(received: received)))
    return parts.count - 1
  }
}

/// What names a journal.
struct JournalIdentity: Sendable, Hashable {
  var id: Identifier
  var ordinal: UInt64
  var epoch: UInt64
}
