/// What `salvage` found, and what it could not bring along.
public struct SalvageReport: Sendable {
  /// How much of the catalog could be read.
  public enum CatalogCondition: String, Sendable, Hashable {
    /// All of it: it says which files count.
    case whole
    /// Its beginning: what it says of sessions counts, and all files that are there were looked through.
    case partial
    /// Nothing: all files that are there were looked through.
    case gone
  }

  /// Something that is not in the new store as it was in the old one.
  public struct Loss: Sendable, Hashable {
    /// The file, relative to the store.
    public var file: String
    /// Where in it, bytes.
    public var offset: UInt64?
    /// How much of it, bytes.
    public var length: UInt64?
    /// The session that is hit; nil where nothing tells.
    public var session: SessionKey?
    /// The events that are lost; nil where none are, or nothing tells which.
    public var sequences: Range<UInt64>?
    /// Their range of time, where something still tells it.
    public var time: ClosedRange<Timestamp>?
    /// What is lost, and why.
    public var reason: String
  }

  /// How much of the catalog could be read.
  public var catalog: CatalogCondition = .whole
  /// What is lost, in order of file and offset; at most 10,000, see `lossCount`.
  public var losses: [Loss] = []
  /// How many losses there are in all.
  public var lossCount = 0
  /// What is to be known and is no loss.
  public var notes: [String] = []
  /// Packs that were taken as they are.
  public var packsKept = 0
  /// Packs whose readable parts were written into new ones.
  public var packsRewritten = 0
  /// Packs that hold nothing others do not hold: left behind by a merge, a promotion or a flush.
  public var packsSuperseded = 0
  /// Packs that were written.
  public var packsWritten = 0
  /// Journals that something was read from.
  public var journals = 0
  /// Dictionaries in the new store.
  public var dictionaries = 0
  /// Sessions in the new store, by the hash of their names.
  public var sessions = 0
  /// Events in the new store.
  public var events: UInt64 = 0
  /// Bytes of files that the new store shares with the old one.
  public var bytesLinked: UInt64 = 0
  /// Bytes that were copied or written.
  public var bytesWritten: UInt64 = 0

  /// True where all that was in the store is in the new one.
  public var isComplete: Bool { lossCount == 0 }

  static let lossLimit = 10_000

  mutating func lose(_ loss: Loss) {
    lossCount += 1
    if losses.count < Self.lossLimit { losses.append(loss) }
  }
}
