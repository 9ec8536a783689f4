/// What the report says of RocksDB.
enum RocksDBSettings {
  static let cacheBytes = 64 << 20

  static func lines<Variant: RocksDBVariant>(_ variant: Variant.Type) -> [String] {
    let dictionary =
      Variant.dictionaryBytes == 0
      ? "no dictionary" : "a dictionary of \(Variant.dictionaryBytes >> 10) KiB of samples per file"
    let blobs =
      Variant.smallestBlob.map { "; batches of \($0 >> 10) KiB and more in blob files of 64 MiB, zstd, GC on" } ?? ""
    return [
      "RocksDB \(RocksDBVersion.text), level compaction with dynamic level sizes, LZ4 above zstd level "
        + "\(Variant.level) in the "
        + "last level, blocks of \(Variant.blockBytes >> 10) KiB, \(dictionary), files of \(Variant.fileBytes >> 20) "
        + "MiB\(blobs)",
      "WAL compressed (zstd), one WriteBatch with sync=true a group, write buffer 64 MiB, block cache "
        + "\(cacheBytes >> 20) MiB, "
        + "no filters; times and summaries of sessions (merge operator) in column families of their own",
    ]
  }

  /// True where a fifth of what blob files hold or more is garbage.
  static func isWorthCollecting(_ database: RocksDBDatabase) -> Bool {
    database.property("rocksdb.live-blob-file-garbage-size") * 5
      >= max(1, database.property("rocksdb.live-blob-file-size"))
  }
}
