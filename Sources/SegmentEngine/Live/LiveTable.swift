/// All sessions that have something in a journal.
///
/// Filled by the writer as it commits and by recovery or a reader as it scans: both apply the same record heads.
///
/// A class that is not sendable, kept inside the lock of the store's state: the compiler sees to it that neither it nor its
/// entries are reached from outside that lock. What leaves it are copies.
final class LiveTable {
  /// Holds a session in one place, so that a batch changes it there: a dictionary of the sessions themselves would be
  /// mostly empty room for them, and move one out and in again with each batch.
  private final class Entry {
    var session: LiveSession
    init(_ session: LiveSession) { self.session = session }
  }

  private var entries: [SessionKey: Entry] = [:]
  /// Highest `applied commit` that a record named.
  private(set) var appliedCommit: UInt64 = 0

  /// A copy of a session; O(1), its lists are shared until they change.
  subscript(key: SessionKey) -> LiveSession? { entries[key]?.session }

  /// Copies of all sessions that have something in a journal; O(n).
  var sessions: [(key: SessionKey, session: LiveSession)] {
    var found: [(key: SessionKey, session: LiveSession)] = []
    for (key, entry) in entries where !entry.session.parts.isEmpty { found.append((key, entry.session)) }
    return found
  }

  /// Enters a session whose state in the packs is known (or that has none there).
  /// One that is there already and not joined is joined with it.
  func enter(_ session: LiveSession, as key: SessionKey) {
    guard let entry = entries[key] else {
      entries[key] = Entry(session)
      return
    }
    guard session.isJoined, !entry.session.isJoined else { return }
    entry.session.isJoined = true
    entry.session.nextSequence = max(entry.session.nextSequence, session.nextSequence)
    entry.session.packedBatches += session.packedBatches
    if !session.visitor.isEmpty { entry.session.visitor = session.visitor }
  }

  /// Changes a session in its place; does nothing where it is not there.
  func update(_ key: SessionKey, _ body: (inout LiveSession) -> Void) {
    if let entry = entries[key] { body(&entry.session) }
  }

  /// Takes in a record that is in a journal. `digest` is given where the caller has it already.
  func apply(_ head: RecordHead, in journal: JournalIdentity, digest: BatchDigest? = nil) {
    appliedCommit = max(appliedCommit, head.appliedCommit)
    if case .erased = head.details { return }
    if let entry = entries[head.session] {
      entry.session.apply(head, in: journal, digest: digest)
    } else {
      let entry = Entry(LiveSession(lastReceived: head.received))
      entry.session.apply(head, in: journal, digest: digest)
      entries[head.session] = entry
    }
  }

  /// Forgets what a flush has put into packs; batches of it stay known by their marks.
  func remove(journals ordinals: Set<UInt64>) {
    for entry in entries.values where entry.session.parts.contains(where: { ordinals.contains($0.ordinal) }) {
      entry.session.remove(journals: ordinals)
    }
  }

  /// Forgets what sessions that were erased have in journals. One that is waiting for a commit is forgotten with its parts.
  func remove(_ isErased: (SessionKey) -> Bool) {
    entries = entries.filter { !isErased($0.key) }
  }

  /// Forgets sessions that have nothing in a journal and heard nothing since `time`.
  func forgetIdle(since time: Double) {
    entries = entries.filter { _, entry in
      !entry.session.parts.isEmpty || entry.session.pending > 0 || entry.session.lastReceived >= time
    }
  }
}
