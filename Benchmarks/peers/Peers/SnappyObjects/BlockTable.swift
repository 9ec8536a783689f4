/// Where a block lies.
struct BlockPlace {
  var object: Int64
  var offset: Int
  var length: Int
}

/// An object file, as the index knows it.
struct ObjectRecord {
  var id: Int64
  var day: Int
  /// What of it is acknowledged; anything behind is what a crash left.
  var length: Int
}

/// The index of blocks and objects.
struct BlockTable {
  private let database: SQLiteDatabase
  private let addBlock: SQLiteStatement
  private let putObject: SQLiteStatement
  private let times: SQLiteStatement
  private let newest: SQLiteStatement

  static let schema = """
    CREATE TABLE IF NOT EXISTS objects (id INTEGER PRIMARY KEY, day INTEGER NOT NULL, length INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS objects_of_day ON objects (day);
    CREATE TABLE IF NOT EXISTS blocks (
      session INTEGER NOT NULL, number INTEGER NOT NULL, object INTEGER NOT NULL, offset INTEGER NOT NULL,
      length INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, keyframe INTEGER,
      PRIMARY KEY (session, number)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS blocks_of_object ON blocks (object, offset);
    """

  init(_ database: SQLiteDatabase) throws {
    self.database = database
    addBlock = try database.prepare("INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    putObject = try database.prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)")
    times = try database.prepare(
      "SELECT number, first, last, keyframe, object, offset, length FROM blocks WHERE session = ? ORDER BY number")
    newest = try database.prepare("SELECT id, day, length FROM objects WHERE day = ? ORDER BY id DESC LIMIT 1")
  }

  func add(_ batch: Batch, ofSession session: Int64, at place: BlockPlace) throws {
    try addBlock.run(
      .integer(session), SQLiteValue(batch.number), .integer(place.object), SQLiteValue(place.offset),
      SQLiteValue(place.length), .integer(batch.first), .integer(batch.last), SQLiteValue(batch.keyframe))
  }

  func put(_ object: ObjectRecord) throws {
    try putObject.run(.integer(object.id), SQLiteValue(object.day), SQLiteValue(object.length))
  }

  func newestObject(ofDay day: Int) throws -> ObjectRecord? {
    try newest.first(SQLiteValue(day), body: BlockTable.object)
  }

  func objects() throws -> [ObjectRecord] {
    var found: [ObjectRecord] = []
    try database.prepare("SELECT id, day, length FROM objects").rows { found.append(BlockTable.object($0)) }
    return found
  }

  func objects(ofSession session: Int64) throws -> [ObjectRecord] {
    var found: [ObjectRecord] = []
    try database.prepare(
      "SELECT id, day, length FROM objects WHERE id IN (SELECT object FROM blocks WHERE session = ?)"
    )
    .rows(.integer(session)) { found.append(BlockTable.object($0)) }
    return found
  }

  /// A session's blocks, in order.
  func blocks(ofSession session: Int64) throws -> [(times: BatchTimes, place: BlockPlace)] {
    var found: [(times: BatchTimes, place: BlockPlace)] = []
    try times.rows(.integer(session)) { row in
      found.append(
        (
          BatchTimes(
            number: Int(row.integer(0)), first: row.integer(1), last: row.integer(2), keyframe: row.optional(3)),
          BlockPlace(object: row.integer(4), offset: Int(row.integer(5)), length: Int(row.integer(6)))
        ))
    }
    return found
  }

  /// The blocks of an object that are not the session's become those of another object, as `moved` says: the place in
  /// the old object of each stretch that was kept, with what is to be added to its offsets.
  func move(_ kept: [(range: Range<Int>, by: Int)], from old: Int64, to new: Int64) throws {
    let update = try database.prepare(
      "UPDATE blocks SET object = ?, offset = offset + ? WHERE object = ? AND offset >= ? AND offset < ?")
    for stretch in kept {
      try update.run(
        .integer(new), SQLiteValue(stretch.by), .integer(old), SQLiteValue(stretch.range.lowerBound),
        SQLiteValue(stretch.range.upperBound))
    }
  }

  func delete(session: Int64) throws {
    try database.prepare("DELETE FROM blocks WHERE session = ?").run(.integer(session))
  }

  func delete(object: Int64) throws { try database.prepare("DELETE FROM objects WHERE id = ?").run(.integer(object)) }

  func delete(day: Int) throws {
    try database.prepare("DELETE FROM blocks WHERE session IN (SELECT id FROM sessions WHERE day = ?)").run(
      SQLiteValue(day))
    try database.prepare("DELETE FROM objects WHERE day = ?").run(SQLiteValue(day))
  }

  private static func object(_ row: SQLiteRow) -> ObjectRecord {
    ObjectRecord(id: row.integer(0), day: Int(row.integer(1)), length: Int(row.integer(2)))
  }
}
