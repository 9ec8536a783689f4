import CRocksDB

/// Options of a database and its column families, freed when they are let go; a database copies what it needs of them.
@safe final class RocksDBOptions {
  let handle: OpaquePointer

  private init(_ handle: OpaquePointer) { unsafe self.handle = unsafe handle }

  deinit { unsafe rocksdb_options_destroy(handle) }

  /// For the database itself: write-ahead log compressed and of the size it has (space set aside for it would be
  /// counted as taken), two background jobs for two cores.
  static func database() throws -> RocksDBOptions {
    guard let base = unsafe rocksdb_options_create(), let made = unsafe rocksdb_options_create() else {
      throw PeerError("RocksDB has no memory for options")
    }
    let options = unsafe RocksDBOptions(made)
    defer {
      unsafe rocksdb_options_destroy(base)
      withExtendedLifetime(options) {}
    }
    unsafe rocksdb_options_set_create_if_missing(base, 1)
    unsafe rocksdb_options_set_create_missing_column_families(base, 1)
    unsafe rocksdb_options_set_wal_compression(base, Int32(rocksdb_zstd_compression))
    unsafe rocksdb_options_set_max_background_jobs(base, 2)
    unsafe rocksdb_options_set_max_total_wal_size(base, 256 << 20)
    unsafe rocksdb_options_set_keep_log_file_num(base, 2)
    unsafe rocksdb_options_set_stats_dump_period_sec(base, 0)
    // Not in the C interface by a function of its own.
    try unsafe rocksDB("set options") {
      unsafe rocksdb_get_options_from_string(base, "allow_fallocate=false", options.handle, $0)
    }
    return options
  }

  /// For the batches themselves.
  static func batches<Variant: RocksDBVariant>(_ variant: Variant.Type, cache: RocksDBCache) throws -> RocksDBOptions {
    let options = try family(block: Variant.blockBytes, level: Variant.level, file: Variant.fileBytes, cache: cache)
    defer { withExtendedLifetime(options) {} }
    let (handle, dictionary, train) = unsafe (options.handle, Int32(Variant.dictionaryBytes), Int32(Variant.trainBytes))
    unsafe rocksdb_options_set_write_buffer_size(handle, 64 << 20)
    unsafe rocksdb_options_set_bottommost_compression_options(handle, -14, Int32(Variant.level), 0, dictionary, 1)
    unsafe rocksdb_options_set_bottommost_compression_options_zstd_max_train_bytes(handle, train, 1)
    if let smallest = Variant.smallestBlob {
      unsafe rocksdb_options_set_enable_blob_files(handle, 1)
      unsafe rocksdb_options_set_min_blob_size(handle, UInt64(smallest))
      unsafe rocksdb_options_set_blob_file_size(handle, 64 << 20)
      unsafe rocksdb_options_set_blob_compression_type(handle, Int32(rocksdb_zstd_compression))
      unsafe rocksdb_options_set_enable_blob_gc(handle, 1)
    }
    return options
  }

  /// For the small rows beside them: times and summaries.
  static func rows(cache: RocksDBCache, merging: Bool) throws -> RocksDBOptions {
    let options = try family(block: 16 << 10, level: 3, file: 8 << 20, cache: cache)
    defer { withExtendedLifetime(options) {} }
    unsafe rocksdb_options_set_write_buffer_size(options.handle, 8 << 20)
    if merging {
      guard let merge = unsafe RocksDBMerge.make() else { throw PeerError("RocksDB has no memory for options") }
      unsafe rocksdb_options_set_merge_operator(options.handle, merge)
    }
    return options
  }

  /// LZ4 in level 0, zstd below: cheap where data is soon rewritten, and never is a file moved down as it is. That is
  /// said level by level, as the option for the last level alone holds for level 0 too while no other has files. No
  /// filters: sessions that are not there are not asked for.
  private static func family(block: Int, level: Int, file: Int, cache: RocksDBCache) throws -> RocksDBOptions {
    guard let made = unsafe rocksdb_options_create(), let table = unsafe rocksdb_block_based_options_create() else {
      throw PeerError("RocksDB has no memory for options")
    }
    let options = unsafe RocksDBOptions(made)
    defer {
      unsafe rocksdb_block_based_options_destroy(table)
      withExtendedLifetime((options, cache)) {}
    }
    let perLevel = [Int32(rocksdb_lz4_compression), Int32(rocksdb_zstd_compression)]
    unsafe rocksdb_options_set_compression_per_level(options.handle, perLevel, perLevel.count)
    unsafe rocksdb_options_set_compression_options(options.handle, -14, Int32(level), 0, 0)
    unsafe rocksdb_options_set_bottommost_compression_options(options.handle, -14, Int32(level), 0, 0, 1)
    unsafe rocksdb_options_set_level_compaction_dynamic_level_bytes(options.handle, 1)
    unsafe rocksdb_options_set_target_file_size_base(options.handle, UInt64(file))
    unsafe rocksdb_block_based_options_set_block_size(table, block)
    unsafe rocksdb_block_based_options_set_format_version(table, 5)
    unsafe rocksdb_block_based_options_set_block_cache(table, cache.handle)
    unsafe rocksdb_options_set_block_based_table_factory(options.handle, table)
    return options
  }
}

/// A cache of blocks, in one part: of several small ones none would take a block of some MB.
@safe final class RocksDBCache {
  let handle: OpaquePointer

  init(bytes: Int) throws {
    guard let options = unsafe rocksdb_lru_cache_options_create() else {
      throw PeerError("RocksDB has no memory for a cache")
    }
    defer { unsafe rocksdb_lru_cache_options_destroy(options) }
    unsafe rocksdb_lru_cache_options_set_capacity(options, bytes)
    unsafe rocksdb_lru_cache_options_set_num_shard_bits(options, 0)
    guard let cache = unsafe rocksdb_cache_create_lru_opts(options) else {
      throw PeerError("RocksDB has no memory for a cache")
    }
    unsafe handle = cache
  }

  deinit { unsafe rocksdb_cache_destroy(handle) }
}
