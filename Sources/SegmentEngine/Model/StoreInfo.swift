/// What a store consists of.
public struct StoreInfo: Sendable, Hashable {
  /// Files of one sort.
  public struct Files: Sendable, Hashable {
    /// How many.
    public var count: Int
    /// Their sizes added up.
    public var bytes: UInt64
  }

  /// The store's own name, 32 hexadecimal digits.
  public var id: String
  /// The version of the format that its catalog records. No file of the store is of a higher one, whoever wrote it.
  public var formatVersion: Int
  /// When it was made.
  public var created: Timestamp
  /// Generation of the catalog.
  public var generation: UInt64
  /// Commits in the life of the store.
  public var commits: UInt64
  /// Packs of the recent tier.
  public var recentPacks: Files
  /// Packs of the archive tier.
  public var archivePacks: Files
  /// Journals, the one in use included.
  public var journals: Files
  /// How many of them hold damage.
  public var damagedJournals: Int
  /// Dictionaries, both copies.
  public var dictionaries: Files
  /// The catalog.
  public var catalogBytes: UInt64
  /// Segments in packs.
  public var segments: UInt64
  /// Sessions: different key hashes in packs, and live ones.
  public var sessions: Int
  /// Sessions with something in a journal.
  public var liveSessions: Int
  /// Events in packs and journals.
  public var events: UInt64
  /// Their NDJSON, bytes.
  public var rawBytes: UInt64
  /// Frames and payloads, bytes.
  public var storedBytes: UInt64
  /// Events that the recorder compressed itself: they do not compress further.
  public var packedEvents: UInt64
  /// Process that holds the writer lock, as its lock record says; nil where nobody writes.
  public var writer: String?
  /// Snapshots that were made of it and are still there.
  public var snapshots: [SnapshotInfo] = []
  /// Space held back for what must be done on a full disk, bytes.
  public var reserveBytes: UInt64 = 0
  /// Sessions that were left out or let go early and are remembered, so that late batches of them are refused.
  public var goneSessions: UInt64 = 0
  /// Sessions that are pinned.
  public var pinnedSessions = 0
  /// When it was made as a snapshot; nil where it is a store of its own.
  public var snapshotTime: Timestamp?
  /// Bytes an ordinary user may still write to the volume.
  public var freeBytes: UInt64
}

/// A snapshot of a store.
public struct SnapshotInfo: Sendable, Hashable {
  /// The folder it is in.
  public var path: String
  /// When it was made.
  public var time: Timestamp
  /// Bytes that only it holds and that its removal would free: its own copies, and files that the store no longer names.
  public var bytesHeld: UInt64
}
