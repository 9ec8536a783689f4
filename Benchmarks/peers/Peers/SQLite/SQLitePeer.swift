/// Batches as zstd blobs in one SQLite database.
///
/// Unchecked: as the protocol says, one thread at a time calls anything but `prepare`, which uses nothing but `codec`:
/// that changes in `train` alone, while no other call runs, and may be used by many threads.
public final class SQLitePeer: Peer, @unchecked Sendable {
  public static let name = "SQLite + zstd"
  public static let commitThreads = 1
  public static var settings: [String] {
    [
      "SQLite \(SQLiteDatabase.version), zstd \(Zstd.version) level \(level)",
      "WAL, synchronous=FULL, one transaction a group, page_size \(pageSize), auto_vacuum=INCREMENTAL, "
        + "secure_delete=FAST, "
        + "wal_autocheckpoint \(checkpointPages) pages, cache_size 64 MB",
      "a batch is one blob in a table of its own, so that the table of times stays small; ZDICT dictionary of at most "
        + "\(dictionarySize >> 10) KiB in the database",
    ]
  }
  public static let notes = [
    "Erased bytes are gone from the database's files: freed pages are vacuumed away, freed cells zeroed, the WAL "
      + "is emptied."
  ]

  // Tried on 145 recordings (351 MB, 119 MB of them measured, dictionary of the others), raw bytes per byte at rest:
  // dictionary 16 KiB 7.9, 112 KiB 8.2, 1 MiB 10.1 (three trainings: 10.0 to 10.2); with 112 KiB pages of 8 KiB 8.1 and
  // of 16 KiB 7.9, which write more for each erasure. Level 9 gives 10.4 with 112 KiB and 13.7 with 1 MiB for 4.4 times
  // the processor time (10.9 s per GB, not 2.5), and clients wait for it; level 3 is what is usual in the path of a
  // request.
  private static let level: Int32 = 3
  private static let pageSize = 4096
  private static let checkpointPages = 8192
  private static let dictionarySize = 1024 << 10

  /// The connection with its statements; it closes with the last of them.
  private struct Store {
    var database: SQLiteDatabase
    var sessions: SessionTable
    var blobs: BlobTable
  }

  private var opened: Store?
  /// By the id of the dictionary; 0 is none.
  private var codecs: [UInt32: Zstd]
  /// What new batches are compressed with.
  private var codec: Zstd

  public static func open(_ folder: String) throws -> SQLitePeer { try SQLitePeer(folder) }

  private init(_ folder: String) throws {
    let database = try SQLiteDatabase("\(folder)/replay.db")
    try database.execute(
      """
      PRAGMA page_size = \(SQLitePeer.pageSize);
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA secure_delete = FAST;
      PRAGMA cache_size = -65536;
      PRAGMA wal_autocheckpoint = \(SQLitePeer.checkpointPages);
      CREATE TABLE IF NOT EXISTS dictionaries (place INTEGER PRIMARY KEY, data BLOB NOT NULL);
      """ + SessionTable.schema + BlobTable.schema)
    opened = try Store(database: database, sessions: SessionTable(database), blobs: BlobTable(database))
    codec = try Zstd(level: SQLitePeer.level)
    codecs = [0: codec]
    try database.prepare("SELECT data FROM dictionaries ORDER BY place").rows { try use($0.blob(0)) }
    // The folder's entry for the new database; SQLite syncs it for files it makes itself, but not where it found one.
    try PeerFolder.sync(folder)
  }

  public func prepare(_ batch: Batch) throws -> PreparedBatch {
    PreparedBatch(batch, stored: try codec.compress(batch.bytes))
  }

  public func commit(_ group: [PreparedBatch]) throws {
    let store = try store()
    try store.database.transaction {
      for prepared in group { try store.blobs.add(prepared, toSession: store.sessions.add(prepared.batch)) }
    }
  }

  public func settle() throws { try store().database.execute("PRAGMA wal_checkpoint(TRUNCATE)") }

  public func train(_ samples: [[UInt8]]) throws {
    guard let dictionary = SampleCutter.dictionary(of: samples, size: SQLitePeer.dictionarySize) else { return }
    let database = try store().database
    try database.transaction {
      try database.prepare("INSERT INTO dictionaries (data) VALUES (?)").run(.blob(dictionary))
    }
    try use(dictionary)
  }

  public func play(_ session: SessionRef, at time: Int64) throws -> [[UInt8]] {
    let store = try store()
    guard let row = try store.sessions.find(session) else { throw PeerError("there is no session \(session.id)") }
    return try store.blobs.read(BatchTimes.needed(store.blobs.times(ofSession: row), at: time), ofSession: row).map {
      frame in
      guard let codec = codecs[Zstd.dictionaryID(ofFrame: frame)] else {
        throw PeerError("a batch of session \(session.id) needs a dictionary that is not in the database")
      }
      return try codec.decompress(frame)
    }
  }

  public func sessions(ofDay day: Int) throws -> [SessionListing] { try store().sessions.sessions(ofDay: day) }

  public func deleteDay(_ day: Int) throws {
    let store = try store()
    try store.database.transaction {
      try store.blobs.delete(day: day)
      try store.sessions.delete(day: day)
    }
    try giveBack(store.database)
  }

  public func erase(_ session: SessionRef) throws {
    let store = try store()
    guard let row = try store.sessions.find(session) else { return }
    try store.database.transaction {
      try store.blobs.delete(session: row)
      try store.sessions.delete(row)
    }
    try giveBack(store.database)
  }

  public func close() throws { opened = nil }

  private func store() throws -> Store {
    guard let opened else { throw PeerError("the SQLite database is closed") }
    return opened
  }

  /// Free pages are filled with the file's last ones, and the file is cut when the WAL is copied into it.
  private func giveBack(_ database: SQLiteDatabase) throws {
    try database.execute("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)")
  }

  private func use(_ dictionary: [UInt8]) throws {
    codec = try Zstd(level: SQLitePeer.level, dictionary: dictionary)
    codecs[Zstd.dictionaryID(of: dictionary)] = codec
  }
}
