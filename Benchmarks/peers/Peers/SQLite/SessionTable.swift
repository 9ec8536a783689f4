/// Sessions with what a listing tells of them, in a database that other tables refer to by the session's row.
struct SessionTable {
  private let add: SQLiteStatement
  private let find: SQLiteStatement
  private let list: SQLiteStatement
  private let deleteOne: SQLiteStatement
  private let deleteAll: SQLiteStatement

  static let schema = """
    CREATE TABLE IF NOT EXISTS sessions (
      id INTEGER PRIMARY KEY, day INTEGER NOT NULL, name TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
      events INTEGER NOT NULL, raw INTEGER NOT NULL, UNIQUE (day, name));
    """

  init(_ database: SQLiteDatabase) throws {
    add = try database.prepare(
      """
      INSERT INTO sessions (day, name, first, last, events, raw) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (day, name) DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last),
        events = events + excluded.events, raw = raw + excluded.raw
      RETURNING id
      """)
    find = try database.prepare("SELECT id FROM sessions WHERE day = ? AND name = ?")
    list = try database.prepare("SELECT name, first, last, events, raw FROM sessions WHERE day = ?")
    deleteOne = try database.prepare("DELETE FROM sessions WHERE id = ?")
    deleteAll = try database.prepare("DELETE FROM sessions WHERE day = ?")
  }

  /// Counts a batch in; the session's row.
  func add(_ batch: Batch) throws -> Int64 {
    let row = try add.first(
      SQLiteValue(batch.session.day), .text(batch.session.checkedID()), .integer(batch.first), .integer(batch.last),
      SQLiteValue(batch.events), SQLiteValue(batch.bytes.count)
    ) { $0.integer(0) }
    guard let row else { throw PeerError("SQLite gave no row for session \(batch.session.id)") }
    return row
  }

  func find(_ session: SessionRef) throws -> Int64? {
    try find.first(SQLiteValue(session.day), .text(session.id)) { $0.integer(0) }
  }

  func sessions(ofDay day: Int) throws -> [SessionListing] {
    var sessions: [SessionListing] = []
    try list.rows(SQLiteValue(day)) { row in
      sessions.append(
        SessionListing(
          id: row.text(0), first: row.integer(1), last: row.integer(2), events: Int(row.integer(3)),
          rawBytes: Int(row.integer(4))))
    }
    return sessions
  }

  func delete(_ row: Int64) throws { try deleteOne.run(.integer(row)) }

  func delete(day: Int) throws { try deleteAll.run(SQLiteValue(day)) }
}
