/// What a snapshot or a restore consists of.
public struct SnapshotReport: Sendable, Hashable {
  /// The moment it shows.
  public var time: Timestamp
  /// Packs in it.
  public var packs: Int
  /// Journals in it.
  public var journals: Int
  /// Bytes of files that it shares with the store.
  public var bytesLinked: UInt64
  /// Bytes that were copied.
  public var bytesCopied: UInt64
}
