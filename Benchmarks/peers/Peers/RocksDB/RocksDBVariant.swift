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

// Tried on 145 recordings (351 MB, 119 MB of them measured), files of the last level alone: raw bytes per byte at rest,
// processor seconds per raw GB from put to settled, microseconds to get a random batch (through a cache in small parts,
// which took no block of 1 MiB or more).
//
//     block    dictionary        level  at rest  s/GB   us        block    dictionary        level  at rest  s/GB   us
//     16 KiB   none              3          8.1   6.0  460        256 KiB  none              9         10.4  13.2  640
//     64 KiB   none              3          8.1   6.0  510        256 KiB  112 KiB trained   9         10.8  22.5  260
//     64 KiB   16 KiB trained    3          8.1   6.0  290        256 KiB  1 MiB samples     9         11.4  15.4  270
//     64 KiB   112 KiB trained   3          8.3  16.1  550        1 MiB    none              9         13.2  11.8  530
//     64 KiB   1 MiB trained     3          8.0  53.2  830        1 MiB    1 MiB samples     9         14.5  13.5  700
//     64 KiB   none              9         10.0  14.2  600        2 MiB    none              9         18.0  11.0 1110
//     64 KiB   16 KiB trained    9         10.0  14.3  580        4 MiB    none              3         17.2   5.6 2190
//     64 KiB   112 KiB trained   9         10.4  25.3  340        4 MiB    none              6         21.7   8.2 2280
//     64 KiB   1 MiB samples     9         11.0  15.4  410        4 MiB    none              9         24.3   9.8 1910
//     64 KiB   4 MiB samples     9         10.3  14.7  270        4 MiB    1 MiB samples     9         22.1  10.0 1970
//     64 KiB   none, blobs       3          8.1   7.4  240        4 MiB    none              15        25.2  48.6 1340
//                                                                 8 MiB    none              9         29.8   8.6 2410
//                                                                 16 MiB   none              9         35.0   7.9 6910
//
// Snapshots of a site are alike and up to 2 MB long, so that a block must hold two or more of them: then zstd finds in
// the block what no dictionary holds. Above 4 MiB a play reads and decompresses more than it saves. Universal
// compaction gives the same size for twice the processor time; files of 256 MiB the same as files of 64 MiB. WAL
// compression cuts what is written per raw byte from 1.26 to 0.38.

/// Blocks that hold a few pages' snapshots, so that zstd finds what they share.
public enum LargeBlocks: RocksDBVariant {
  public static let name = "RocksDB + zstd"
  public static let blockBytes = 4 << 20
  public static let dictionaryBytes = 0
  public static let trainBytes = 0
  public static let level = 9
  /// Small, as erasing a session writes whole files anew.
  public static let fileBytes = 8 << 20
  public static let smallestBlob: Int? = nil
  public static let notes = [
    "Blocks of some MB hold neighbours in the order of ids too. Sessions of a site with neighbouring ids compress "
      + "each other: "
      + "24 raw bytes per byte where ids are SITE-NUMBER, 21 where they are hashes.",
    "A play decompresses at least one whole block; where all sessions are tiny, small blocks play faster.",
  ]
}

/// Blocks as RocksDB is mostly used, with a dictionary per file.
public enum SmallBlocks: RocksDBVariant {
  public static let name = "RocksDB + zstd, small blocks"
  public static let blockBytes = 64 << 10
  public static let dictionaryBytes = 1 << 20
  public static let trainBytes = 0
  public static let level = 9
  /// As small as a dictionary in each allows: 11.1 raw bytes per byte, 11.2 with 32 MiB.
  public static let fileBytes = 16 << 20
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
    "RocksDB has no dictionaries, and no level but its default, for blobs: each batch is compressed by itself at "
      + "level 3.",
    "Erasing carries over the blobs of the tables that held the session; its bytes stay in a blob file that other "
      + "tables refer "
      + "to as well, unread, until these are compacted.",
  ]
}

/// RocksDB with batches in tables.
public typealias RocksDBPeer = RocksDBStore<LargeBlocks>
/// RocksDB with batches in tables of smaller blocks: larger at rest, faster to play small sessions.
public typealias RocksDBSmallBlocksPeer = RocksDBStore<SmallBlocks>
/// RocksDB with batches in blob files.
public typealias BlobDBPeer = RocksDBStore<BlobFiles>
