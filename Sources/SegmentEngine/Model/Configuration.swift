public import Logging

/// How a store is run. Every value has a default that suits a small server.
public struct Configuration: Sendable {
  /// Bounds on what is taken in; each is refused with its own error.
  public struct Limits: Sendable, Hashable {
    /// Bytes of one event; at most 64 MiB.
    public var eventBytes = 64 << 20
    /// Bytes of one batch; at most 128 MiB.
    public var batchBytes = 128 << 20
    /// Bytes of batches that are scanned, compressed or waiting to be written; further appends wait.
    public var bytesInFlight = 256 << 20
    /// Sealed journals that wait for the flush; when there are more, appends wait.
    public var waitingJournals = 8
    /// Nesting of an event's JSON.
    public var nesting = 4_096

    /// The defaults.
    public init() {}
  }

  /// Bounds on what is taken in.
  public var limits = Limits()
  /// A journal is sealed and flushed when it has grown to this many bytes.
  public var journalBytes = 64 << 20
  /// ... or when its first record is this old, in seconds.
  public var journalSeconds = 60.0
  /// Zeros written ahead of a journal's end, in bytes at most: syncing into written space is cheaper. It begins with
  /// 64 KiB and goes on with a quarter of what the journal has. Groups longer than an eighth of this (and than 64 KiB),
  /// which would soon use it up, are written without. 0 switches it off.
  public var journalBytesAhead = 1 << 20
  /// How long `.buffered` events may stay unsynced, in milliseconds.
  public var bufferedSyncInterval = 100.0
  /// Raw bytes after which a block of the recent tier is cut, 4 KiB to 4 MiB.
  public var recentBlockBytes = 256 << 10
  /// zstd level of the recent tier.
  public var recentLevel = 3
  /// How long everything is kept in the recent tier, in hours, counted from the last receipt; sessions that are over then
  /// are promoted to the archive.
  public var recentHours = 24.0
  /// Raw bytes after which a block of the archive tier is cut, 4 KiB to 64 MiB.
  public var archiveBlockBytes = 4 << 20
  /// zstd level of the archive tier.
  public var archiveLevel = 10
  /// Whether maintenance trains dictionaries by itself.
  public var trainsDictionaries = true
  /// Largest pack, in bytes.
  public var packBytes = 256 << 20
  /// Threads that read from the disk for callers.
  public var readerThreads = 2
  /// Bytes of events kept in memory for those who watch sessions as they are recorded, over all sessions; those who fall
  /// further behind read from the disk.
  public var tailBytes = 32 << 20
  /// How often a process that does not write looks for new events of the sessions it watches, in milliseconds.
  public var followInterval = 50.0
  /// Bytes of decompressed blocks kept in memory, at most, over all sessions: whoever seeks to and fro in a session waits
  /// less for a block that was asked for before. Taken as sessions are played from a moment on, and not for reading in
  /// order or for maintenance. 0: none. What is erased, expires or is left out is forgotten at once.
  public var blockCacheBytes = 64 << 20
  /// Packs kept open, at most.
  public var openPacks = 128
  /// Bytes a second that maintenance reads of packs, at most; 0: as many as it can.
  public var maintenanceBytesPerSecond = 0
  /// Whether the writing process rotates, flushes, promotes, merges and trains by itself; otherwise only `flush()` and
  /// `maintain()` do.
  public var maintainsItself = true
  /// What the metrics of this store carry in their dimension `store`; nil: the last part of its path.
  public var metricsName: String?
  /// Where the engine reports what operators should know; nil: nowhere.
  public var logger: Logger?

  /// The defaults.
  public init() {}
}

/// What a store is opened for.
public enum Mode: Sendable, Hashable {
  /// Everything, by the one process that ingests. A store that does not exist is created.
  case readWrite
  /// Reading beside whoever writes; takes no lock, changes nothing.
  case readOnly
  /// Reading, and commits to the catalog beside whoever writes: tags, finish, flush requests.
  case maintenance
}
