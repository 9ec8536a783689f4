/// Blocks of sessions, compressed with Snappy and appended to object files that sessions share, with an index in
/// SQLite.
///
/// Unchecked: as the protocol says, one thread at a time calls anything but `prepare`, which uses nothing that is kept.
public final class SnappyObjectsPeer: Peer, @unchecked Sendable {
  public static let name = "Snappy objects + SQLite"
  public static let commitThreads = 1
  public static var settings: [String] {
    [
      "Snappy blocks in object files of \(ObjectFiles.full >> 20) MiB per day; byte ranges, times and keyframes in "
        + "SQLite "
        + SQLiteDatabase.version,
      "a group: its blocks appended, one fdatasync, one transaction (WAL, synchronous=FULL); a batch of a session "
        + "is a block",
    ]
  }
  public static let notes = [
    "A service that does it this way gathers a session's batches for some 10 s before it writes a block, and what "
      + "it gathers "
      + "is not durable; here every group is.",
    "Erasing rewrites the objects that hold the session, as a store of objects would have to; on a local file "
      + "system holes "
      + "could be punched instead.",
    "Erased bytes are gone from objects and index.",
  ]

  /// The index's connection, which closes with the last of its statements, and the files.
  private struct Store {
    var database: SQLiteDatabase
    var sessions: SessionTable
    var blocks: BlockTable
    var objects: ObjectFiles
  }

  private var opened: Store?

  public static func open(_ folder: String) throws -> SnappyObjectsPeer { try SnappyObjectsPeer(folder) }

  private init(_ folder: String) throws {
    let database = try SQLiteDatabase("\(folder)/index.db")
    try database.execute(
      """
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA secure_delete = FAST;
      PRAGMA cache_size = -65536;
      PRAGMA wal_autocheckpoint = 8192;
      """ + SessionTable.schema + BlockTable.schema)
    let blocks = try BlockTable(database)
    opened = try Store(
      database: database, sessions: SessionTable(database), blocks: blocks,
      objects: ObjectFiles(folder, objects: blocks.objects()))
    try PeerFolder.sync(folder)
  }

  public func prepare(_ batch: Batch) throws -> PreparedBatch {
    PreparedBatch(batch, stored: try Snappy.compress(batch.bytes))
  }

  public func commit(_ group: [PreparedBatch]) throws {
    let store = try store()
    do {
      var written: [(object: ObjectRecord, batches: [PreparedBatch], offsets: [Int])] = []
      for (day, batches) in Dictionary(grouping: group, by: \.batch.session.day).sorted(by: { $0.key < $1.key }) {
        _ = try SessionRef.checked(day: day)
        let (object, offsets) = try store.objects.append(batches.map(\.stored), toDay: day) {
          try store.blocks.newestObject(ofDay: day)
        }
        written.append((object, batches, offsets))
      }
      try store.database.transaction {
        for (object, batches, offsets) in written {
          try store.blocks.put(object)
          for (prepared, offset) in zip(batches, offsets) {
            try store.blocks.add(
              prepared.batch, ofSession: store.sessions.add(prepared.batch),
              at: BlockPlace(object: object.id, offset: offset, length: prepared.stored.count))
          }
        }
      }
    } catch {
      store.objects.forgetOpen()
      throw error
    }
  }

  public func settle() throws { try store().database.execute("PRAGMA wal_checkpoint(TRUNCATE)") }

  /// Snappy has no dictionaries.
  public func train(_ samples: [[UInt8]]) throws {}

  public func play(_ session: SessionRef, at time: Int64) throws -> [[UInt8]] {
    let store = try store()
    guard let row = try store.sessions.find(session) else { throw PeerError("there is no session \(session.id)") }
    let all = try store.blocks.blocks(ofSession: row)
    let needed = Set(BatchTimes.needed(all.map(\.times), at: time).map(\.number))
    var open: [Int64: PeerFile] = [:]
    return try all.filter { needed.contains($0.times.number) }.map { block in
      try Snappy.decompress(store.objects.read(block.place, day: session.day, from: &open))
    }
  }

  public func sessions(ofDay day: Int) throws -> [SessionListing] { try store().sessions.sessions(ofDay: day) }

  public func deleteDay(_ day: Int) throws {
    let store = try store()
    try store.database.transaction {
      try store.blocks.delete(day: day)
      try store.sessions.delete(day: day)
    }
    try store.objects.remove(day: day)
    try giveBack(store.database)
  }

  public func erase(_ session: SessionRef) throws {
    let store = try store()
    guard let row = try store.sessions.find(session) else { return }
    // An object that is rewritten must not be appended to behind the copy's back.
    store.objects.forgetOpen()
    let all = try store.blocks.blocks(ofSession: row)
    let old = try store.blocks.objects(ofSession: row)
    var copies: [(from: Int64, to: ObjectRecord, kept: [Range<Int>])] = []
    for object in old {
      let kept = stretches(of: object, without: all.map(\.place))
      if !kept.isEmpty { copies.append((object.id, try store.objects.copy(kept, of: object), kept)) }
    }
    try store.database.transaction {
      try store.blocks.delete(session: row)
      try store.sessions.delete(row)
      for (from, to, kept) in copies {
        try store.blocks.put(to)
        var length = 0
        let moves = kept.map { range in
          defer { length += range.count }
          return (range: range, by: length - range.lowerBound)
        }
        try store.blocks.move(moves, from: from, to: to.id)
      }
      for object in old { try store.blocks.delete(object: object.id) }
    }
    try store.objects.remove(old)
    try giveBack(store.database)
  }

  public func close() throws { opened = nil }

  private func store() throws -> Store {
    guard let opened else { throw PeerError("the store of objects is closed") }
    return opened
  }

  private func giveBack(_ database: SQLiteDatabase) throws {
    try database.execute("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)")
  }

  /// What is left of an object without some blocks.
  private func stretches(of object: ObjectRecord, without blocks: [BlockPlace]) -> [Range<Int>] {
    var kept: [Range<Int>] = []
    var end = 0
    for block in blocks.filter({ $0.object == object.id }).sorted(by: { $0.offset < $1.offset }) {
      if block.offset > end { kept.append(end..<block.offset) }
      end = block.offset + block.length
    }
    if object.length > end { kept.append(end..<object.length) }
    return kept
  }
}
