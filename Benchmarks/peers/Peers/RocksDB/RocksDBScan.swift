import CRocksDB

/// Walks over the keys of a range in order.
@safe final class RocksDBScan {
  private let iterator: OpaquePointer
  private let options: OpaquePointer
  private let database: RocksDBDatabase
  /// The library reads the bound as long as it walks.
  private let bound: UnsafeMutableBufferPointer<CChar>

  init(_ database: RocksDBDatabase, _ family: RocksDBFamily, from: [UInt8], to: [UInt8]) throws {
    defer { withExtendedLifetime(database) {} }
    self.database = database
    guard let options = unsafe rocksdb_readoptions_create() else { throw PeerError("RocksDB has no memory to read") }
    let bound = UnsafeMutableBufferPointer<CChar>.allocate(capacity: to.count)
    _ = unsafe bound.initialize(from: to.map { CChar(bitPattern: $0) })
    unsafe rocksdb_readoptions_set_iterate_upper_bound(options, bound.baseAddress, bound.count)
    guard let iterator = unsafe rocksdb_create_iterator_cf(database.handle, options, database.family(family)) else {
      unsafe rocksdb_readoptions_destroy(options)
      unsafe bound.deallocate()
      throw PeerError("RocksDB has no memory to read")
    }
    unsafe (self.iterator, self.options, self.bound) = unsafe (iterator, options, bound)
    unsafe from.withChars { unsafe rocksdb_iter_seek(iterator, $0, $1) }
  }

  deinit {
    unsafe rocksdb_iter_destroy(iterator)
    unsafe rocksdb_readoptions_destroy(options)
    unsafe bound.deallocate()
  }

  /// Gives `body` every key, with a way to read what is under it.
  func each(_ body: (_ key: [UInt8], _ value: () -> [UInt8]) throws -> Void) throws {
    defer { withExtendedLifetime(self) {} }
    while unsafe rocksdb_iter_valid(iterator) != 0 {
      var length = 0
      let key = unsafe [UInt8](lent: rocksdb_iter_key(iterator, &length), count: length)
      try body(key) {
        var length = 0
        let value = unsafe rocksdb_iter_value(iterator, &length)
        return unsafe [UInt8](lent: value, count: length)
      }
      unsafe rocksdb_iter_next(iterator)
    }
    try unsafe rocksDB("read") { unsafe rocksdb_iter_get_error(iterator, $0) }
  }
}
