import CSQLite

/// A connection to a database in a file, for one thread at a time.
@safe final class SQLiteDatabase {
  private let handle: OpaquePointer

  static var version: String { unsafe String(cString: sqlite3_libversion()) }

  init(_ path: String) throws {
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    guard let opened = unsafe opened, code == SQLITE_OK else {
      let message = unsafe String(cString: sqlite3_errstr(code))
      unsafe sqlite3_close_v2(opened)
      throw PeerError("SQLite cannot open \(path): \(message)")
    }
    unsafe handle = opened
  }

  /// Its statements keep what they need of the connection until they are let go as well.
  deinit { unsafe sqlite3_close_v2(handle) }

  /// Runs statements to their ends, whatever rows they give.
  func execute(_ sql: String) throws {
    defer { withExtendedLifetime(self) {} }
    guard unsafe sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure("run \(sql)") }
  }

  func prepare(_ sql: String) throws -> SQLiteStatement {
    defer { withExtendedLifetime(self) {} }
    var prepared: OpaquePointer?
    guard unsafe sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil) == SQLITE_OK,
      let prepared = unsafe prepared
    else { throw failure("prepare \(sql)") }
    return unsafe SQLiteStatement(prepared, of: self)
  }

  /// Runs `body` as one transaction: all of it is durable afterwards, or none of it happened.
  func transaction(_ body: () throws -> Void) throws {
    try execute("BEGIN IMMEDIATE")
    do {
      try body()
      try execute("COMMIT")
    } catch {
      // A failure that rolled back by itself makes this one fail, which adds nothing to what is told already.
      try? execute("ROLLBACK")
      throw error
    }
  }

  func failure(_ what: String) -> PeerError {
    defer { withExtendedLifetime(self) {} }
    return PeerError("SQLite cannot \(what): \(unsafe String(cString: sqlite3_errmsg(handle)))")
  }
}
