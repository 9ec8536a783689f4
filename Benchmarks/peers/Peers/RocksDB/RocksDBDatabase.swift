import CRocksDB

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Column families of the database, in the order in which they are opened.
enum RocksDBFamily: Int, CaseIterable {
  case batches
  case times
  case sessions

  var name: String {
    switch self {
    case .batches: "default"
    case .times: "times"
    case .sessions: "sessions"
    }
  }
}

/// An open database. What calls the library keeps it until the call is over: its last use alone would not.
@safe final class RocksDBDatabase {
  let handle: OpaquePointer
  private let families: [OpaquePointer]
  private let durably: OpaquePointer

  /// `options` are those of the families, in their order.
  init(_ path: String, options: RocksDBOptions, families familyOptions: [RocksDBOptions]) throws {
    defer { withExtendedLifetime((options, familyOptions)) {} }
    let names = unsafe RocksDBFamily.allCases.map { unsafe strdup($0.name) }
    defer { unsafe names.forEach { unsafe free($0) } }
    let namePointers = unsafe names.map { unsafe UnsafePointer($0) }
    let optionPointers = unsafe familyOptions.map { unsafe Optional($0.handle) }
    var opened = unsafe [OpaquePointer?](repeating: nil, count: names.count)
    let database = try unsafe rocksDB("open \(path)") {
      unsafe rocksdb_open_column_families(
        options.handle, path, Int32(names.count), namePointers, optionPointers, &opened, $0)
    }
    let families = unsafe opened.compactMap { unsafe $0 }
    guard let database = unsafe database, unsafe families.count == RocksDBFamily.allCases.count,
      let durably = unsafe rocksdb_writeoptions_create()
    else { throw PeerError("RocksDB opened \(path) and gave nothing") }
    unsafe rocksdb_writeoptions_set_sync(durably, 1)
    unsafe (handle, self.durably, self.families) = unsafe (database, durably, families)
  }

  deinit {
    unsafe families.forEach { unsafe rocksdb_column_family_handle_destroy($0) }
    unsafe rocksdb_writeoptions_destroy(durably)
    unsafe rocksdb_close(handle)
  }

  func family(_ family: RocksDBFamily) -> OpaquePointer { unsafe families[family.rawValue] }

  /// Writes all that `fill` puts together, or nothing; it is durable afterwards.
  func write(_ fill: (RocksDBWrites) throws -> Void) throws {
    let writes = try RocksDBWrites(self)
    defer { withExtendedLifetime((self, writes)) {} }
    try fill(writes)
    try unsafe rocksDB("write") { unsafe rocksdb_write(handle, durably, writes.handle, $0) }
  }

  /// Puts what is in memory into tables, which lets the logs go.
  func flush() throws {
    defer { withExtendedLifetime(self) {} }
    let options = unsafe rocksdb_flushoptions_create()
    defer { unsafe rocksdb_flushoptions_destroy(options) }
    unsafe rocksdb_flushoptions_set_wait(options, 1)
    for family in RocksDBFamily.allCases {
      try unsafe rocksDB("flush \(family.name)") { unsafe rocksdb_flush_cf(handle, options, self.family(family), $0) }
    }
  }

  /// Compacts keys of `range` down to the last level; all keys where there is no range. What is in the last level
  /// already and meets nothing from above is left as it is, unless it is `forced`.
  func compact(_ range: (from: [UInt8], to: [UInt8])? = nil, forced: Bool = false) {
    defer { withExtendedLifetime(self) {} }
    let options = unsafe rocksdb_compactoptions_create()
    defer { unsafe rocksdb_compactoptions_destroy(options) }
    // 1: only where there is a compaction filter; 3: always, but nothing twice.
    unsafe rocksdb_compactoptions_set_bottommost_level_compaction(options, forced ? 3 : 1)
    for family in RocksDBFamily.allCases {
      unsafe (range?.from ?? []).withChars { from, fromLength in
        unsafe (range?.to ?? []).withChars { to, toLength in
          unsafe rocksdb_compact_range_cf_opt(
            handle, self.family(family), options, range == nil ? nil : from, fromLength, range == nil ? nil : to,
            toLength)
        }
      }
    }
  }

  /// Removes files that hold nothing but keys of the range, without reading them.
  func deleteFiles(from: [UInt8], to: [UInt8]) throws {
    defer { withExtendedLifetime(self) {} }
    for family in RocksDBFamily.allCases {
      try unsafe rocksDB("delete files of \(family.name)") { message in
        unsafe from.withChars { from, fromLength in
          unsafe to.withChars { to, toLength in
            unsafe rocksdb_delete_file_in_range_cf(handle, self.family(family), from, fromLength, to, toLength, message)
          }
        }
      }
    }
  }

  /// A number the batches' family tells of itself; 0 where it does not know it.
  func property(_ name: String) -> UInt64 {
    defer { withExtendedLifetime(self) {} }
    var value: UInt64 = 0
    return unsafe rocksdb_property_int_cf(handle, family(.batches), name, &value) == 0 ? value : 0
  }

  /// Changes an option of the batches' family while it is open.
  func set(_ option: String, _ value: String) throws {
    defer { withExtendedLifetime(self) {} }
    try unsafe rocksDB("set \(option)") { message in
      unsafe option.withCString { option in
        unsafe value.withCString { value in
          unsafe rocksdb_set_options_cf(handle, family(.batches), 1, [option], [value], message)
        }
      }
    }
  }
}

/// What is written together.
@safe final class RocksDBWrites {
  let handle: OpaquePointer
  private let database: RocksDBDatabase

  init(_ database: RocksDBDatabase) throws {
    guard let made = unsafe rocksdb_writebatch_create() else {
      throw PeerError("RocksDB has no memory for a batch of writes")
    }
    unsafe handle = made
    self.database = database
  }

  deinit { unsafe rocksdb_writebatch_destroy(handle) }

  func put(_ key: [UInt8], _ value: [UInt8], in family: RocksDBFamily) {
    defer { withExtendedLifetime(self) {} }
    unsafe key.withChars { key, keyLength in
      unsafe value.withChars { value, length in
        unsafe rocksdb_writebatch_put_cf(handle, database.family(family), key, keyLength, value, length)
      }
    }
  }

  func merge(_ key: [UInt8], _ value: [UInt8], in family: RocksDBFamily) {
    defer { withExtendedLifetime(self) {} }
    unsafe key.withChars { key, keyLength in
      unsafe value.withChars { value, length in
        unsafe rocksdb_writebatch_merge_cf(handle, database.family(family), key, keyLength, value, length)
      }
    }
  }

  /// Deletes keys in all families.
  func delete(from: [UInt8], to: [UInt8]) {
    defer { withExtendedLifetime(self) {} }
    for family in RocksDBFamily.allCases {
      unsafe from.withChars { from, fromLength in
        unsafe to.withChars { to, toLength in
          unsafe rocksdb_writebatch_delete_range_cf(handle, database.family(family), from, fromLength, to, toLength)
        }
      }
    }
  }
}
