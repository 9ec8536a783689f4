/// A dictionary of the store.
public struct DictionaryInfo: Sendable, Hashable {
  /// Its name.
  public var id: DictionaryID
  /// The project whose sessions it is for.
  public var project: String
  /// Counts the project's dictionaries, from 1.
  public var version: UInt64
  /// When it was made.
  public var created: Timestamp
  /// SHA-256 of the content, 64 hexadecimal digits.
  public var sha256: String
  /// Bytes of the content.
  public var contentBytes: UInt64
  /// Bytes of both copies on the disk.
  public var fileBytes: UInt64
  /// New blocks of the project use it.
  public var isInForce: Bool
  /// Packs with blocks that need it.
  public var packs: Int
  /// Their files, bytes.
  public var packBytes: UInt64
}

/// What a project's packed sessions weigh with different dictionaries, measured on some that were held out.
public struct DictionaryEvaluation: Sendable, Hashable {
  /// One way to store them.
  public struct Row: Sendable, Hashable {
    /// The dictionary.
    public enum Dictionary: Sendable, Hashable {
      /// None.
      case none
      /// The one in force.
      case inForce
      /// One selected now from the sample, at most so many bytes of content.
      case trained(contentBytes: Int)
    }

    /// The dictionary.
    public var dictionary: Dictionary
    /// The tier whose blocks were made: `recent` or `archive`.
    public var tier: String
    /// The zstd level.
    public var level: Int
    /// What the held-out sessions weigh, bytes.
    public var heldOutBytes: UInt64
    /// Bytes of both copies of the dictionary on the disk.
    public var dictionaryBytes: UInt64
    /// What all of the project would weigh, dictionary included, by the ratio measured; bytes.
    public var projectedBytes: UInt64
    /// Compression of the held-out NDJSON on one core, bytes a second.
    public var bytesPerSecond: Double
  }

  /// The project.
  public var project: String
  /// NDJSON of the project, bytes, as far as it was looked at.
  public var projectBytes: UInt64
  /// Sessions that a dictionary was selected from.
  public var sampledSessions: Int
  /// Sessions that were measured.
  public var heldOutSessions: Int
  /// Their NDJSON, as far as it was measured, bytes.
  public var heldOutBytes: UInt64
  /// What was measured.
  public var rows: [Row]
}
