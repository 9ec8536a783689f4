import CSQLite

/// What is bound to a parameter.
enum SQLiteValue {
  case integer(Int64)
  case text(String)
  case blob([UInt8])
  case null

  init(_ value: Int) { self = .integer(Int64(value)) }
  init(_ value: Int64?) { self = value.map { .integer($0) } ?? .null }
}

/// A prepared statement, for one thread at a time.
@safe final class SQLiteStatement {
  private let handle: OpaquePointer
  private let database: SQLiteDatabase

  init(_ handle: OpaquePointer, of database: SQLiteDatabase) {
    unsafe self.handle = unsafe handle
    self.database = database
  }

  deinit { unsafe sqlite3_finalize(handle) }

  /// Runs it to its end.
  func run(_ values: SQLiteValue...) throws { try each(values) { _ in } }

  /// Runs it and gives `body` every row, good until it returns.
  func rows(_ values: SQLiteValue..., body: (SQLiteRow) throws -> Void) throws { try each(values, body: body) }

  /// What `body` makes of the first row; nil where there is none.
  func first<Result>(_ values: SQLiteValue..., body: (SQLiteRow) throws -> Result) throws -> Result? {
    var result: Result?
    try each(values) { row in if result == nil { result = try body(row) } }
    return result
  }

  private func each(_ values: [SQLiteValue], body: (SQLiteRow) throws -> Void) throws {
    defer {
      unsafe sqlite3_reset(handle)
      withExtendedLifetime(self) {}
    }
    for (place, value) in values.enumerated() { try bind(value, at: Int32(place + 1)) }
    while true {
      switch unsafe sqlite3_step(handle) {
      case SQLITE_ROW: try body(unsafe SQLiteRow(statement: handle))
      case SQLITE_DONE: return
      default: throw database.failure("run \(unsafe String(cString: sqlite3_sql(handle)))")
      }
    }
  }

  private func bind(_ value: SQLiteValue, at place: Int32) throws {
    let code =
      switch value {
      case .integer(let number): unsafe sqlite3_bind_int64(handle, place, number)
      case .text(let text): unsafe sqlite3_bind_text(handle, place, text, -1, peer_sqlite_transient())
      case .blob(let bytes):
        unsafe bytes.withUnsafeBytes {
          unsafe sqlite3_bind_blob64(handle, place, $0.baseAddress, UInt64($0.count), peer_sqlite_transient())
        }
      case .null: unsafe sqlite3_bind_null(handle, place)
      }
    guard code == SQLITE_OK else { throw database.failure("bind parameter \(place)") }
  }
}

/// The row a statement stands at.
@safe struct SQLiteRow {
  private let statement: OpaquePointer

  init(statement: OpaquePointer) { unsafe self.statement = unsafe statement }

  func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

  func optional(_ column: Int32) -> Int64? {
    unsafe sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : integer(column)
  }

  func text(_ column: Int32) -> String {
    guard let text = unsafe sqlite3_column_text(statement, column) else { return "" }
    return unsafe String(cString: text)
  }

  func blob(_ column: Int32) -> [UInt8] {
    guard let bytes = unsafe sqlite3_column_blob(statement, column) else { return [] }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))))
  }
}
