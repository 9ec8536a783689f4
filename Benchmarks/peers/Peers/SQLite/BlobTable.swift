/// Batches of sessions: their times in one table, their frames in another, so that looking for times reads no frames.
struct BlobTable {
  private let database: SQLiteDatabase
  private let addFrame: SQLiteStatement
  private let addTimes: SQLiteStatement
  private let times: SQLiteStatement
  private let frame: SQLiteStatement

  /// Frames get rising ids, so that new ones fill pages one after the other, wherever their sessions are.
  /// A session's times lie together: finding a keyframe is a walk over a page or two and needs no further index.
  static let schema = """
    CREATE TABLE IF NOT EXISTS frames (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS batches (
      session INTEGER NOT NULL, number INTEGER NOT NULL, frame INTEGER NOT NULL, first INTEGER NOT NULL,
      last INTEGER NOT NULL, keyframe INTEGER, PRIMARY KEY (session, number)) WITHOUT ROWID;
    """

  init(_ database: SQLiteDatabase) throws {
    self.database = database
    addFrame = try database.prepare("INSERT INTO frames (data) VALUES (?) RETURNING id")
    addTimes = try database.prepare("INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?)")
    times = try database.prepare(
      "SELECT number, first, last, keyframe FROM batches WHERE session = ? ORDER BY number")
    frame = try database.prepare(
      "SELECT data FROM frames WHERE id = (SELECT frame FROM batches WHERE session = ? AND number = ?)")
  }

  func add(_ prepared: PreparedBatch, toSession session: Int64) throws {
    let batch = prepared.batch
    guard let id = try addFrame.first(.blob(prepared.stored), body: { $0.integer(0) }) else {
      throw PeerError("SQLite gave no id for a batch of session \(batch.session.id)")
    }
    try addTimes.run(
      .integer(session), SQLiteValue(batch.number), .integer(id), .integer(batch.first), .integer(batch.last),
      SQLiteValue(batch.keyframe))
  }

  func times(ofSession session: Int64) throws -> [BatchTimes] {
    var found: [BatchTimes] = []
    try times.rows(.integer(session)) { row in
      found.append(
        BatchTimes(number: Int(row.integer(0)), first: row.integer(1), last: row.integer(2), keyframe: row.optional(3)))
    }
    return found
  }

  func read(_ batches: [BatchTimes], ofSession session: Int64) throws -> [[UInt8]] {
    try batches.map { batch in
      guard let frame = try frame.first(.integer(session), SQLiteValue(batch.number), body: { $0.blob(0) }) else {
        throw PeerError("batch \(batch.number) has times but no frame: the database is damaged")
      }
      return frame
    }
  }

  func delete(session: Int64) throws {
    try database.prepare("DELETE FROM frames WHERE id IN (SELECT frame FROM batches WHERE session = ?)").run(
      .integer(session))
    try database.prepare("DELETE FROM batches WHERE session = ?").run(.integer(session))
  }

  func delete(day: Int) throws {
    let ofDay = "session IN (SELECT id FROM sessions WHERE day = ?)"
    try database.prepare("DELETE FROM frames WHERE id IN (SELECT frame FROM batches WHERE \(ofDay))").run(
      SQLiteValue(day))
    try database.prepare("DELETE FROM batches WHERE \(ofDay)").run(SQLiteValue(day))
  }
}
