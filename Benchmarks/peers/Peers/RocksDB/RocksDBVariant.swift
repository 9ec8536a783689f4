/// How a RocksDB keeps the bytes of batches.
public protocol RocksDBVariant {
  static var name: String { get }
  /// Uncompressed size of a block of batches, bytes.
  static var blockBytes: Int { get }
  /// Dictionary of a file of the last level, bytes; samples as they are where `trainBytes` is 0.
  static var dictionaryBytes: Int { get }
  static var trainBytes: Int { get }
  /// Level of zstd in the last level; files above it are compressed with LZ4.
  static var level: Int { get }
  /// Size of a file of the last level, bytes.
  static var fileBytes: Int { get }
  /// Batches of at least so many bytes lie in blob files; nil where all lie in tables.
  static var smallestBlob: Int? { get }
  static var notes: [String] { get }
}

/// Blocks that hold a few pages' snapshots, so that zstd finds what they share.
public enum LargeBlocks: RocksDBVariant {
  public static let name = "RocksDB + zstd"
  public static let blockBytes = 4 << 20
  public static let dictionaryBytes = 0
  public static let trainBytes = 0
  public static let level = 9
  public static let fileBytes = 64 << 20
  public static let smallestBlob: Int? = nil
  public static let notes: [String] = []
}

/// Blocks as RocksDB is mostly used, with a dictionary per file.
public enum SmallBlocks: RocksDBVariant {
  public static let name = "RocksDB + zstd, small blocks"
  public static let blockBytes = 64 << 10
  public static let dictionaryBytes = 1 << 20
  public static let trainBytes = 0
  public static let level = 9
  public static let fileBytes = 64 << 20
  public static let smallestBlob: Int? = nil
  public static let notes: [String] = []
}

/// Larger batches in blob files, each compressed by itself.
public enum BlobFiles: RocksDBVariant {
  public static let name = "RocksDB BlobDB + zstd"
  public static let blockBytes = 64 << 10
  public static let dictionaryBytes = 0
  public static let trainBytes = 0
  public static let level = 9
  /// Small, as erasing a session carries over all blobs that a table refers to.
  public static let fileBytes = 1 << 20
  public static let smallestBlob: Int? = 4 << 10
  public static let notes = [
    "RocksDB has no dictionaries, and no level but its default, for blobs: each batch is compressed by itself at level 3."
  ]
}

/// RocksDB with batches in tables.
public typealias RocksDBPeer = RocksDBStore<LargeBlocks>
/// RocksDB with batches in tables of smaller blocks: larger at rest, faster to play small sessions.
public typealias RocksDBSmallBlocksPeer = RocksDBStore<SmallBlocks>
/// RocksDB with batches in blob files.
public typealias BlobDBPeer = RocksDBStore<BlobFiles>
