/// A kind of maintenance.
public enum MaintenanceJob: Sendable, Hashable, CaseIterable {
  /// Move what is in journals into recent packs.
  case flush
  /// Restore copies, train where it may pay, drop what nothing uses.
  case dictionaries
  /// Move sessions that are over and whose recent window is past to the archive.
  case promotion
  /// Put small packs together.
  case merge
}

extension Set<MaintenanceJob> {
  /// Everything.
  public static var all: Set<MaintenanceJob> { Set(MaintenanceJob.allCases) }
}

/// What maintenance did, or with `dryRun` would do first.
public struct MaintenanceReport: Sendable, Hashable {
  /// Packs that were read and replaced by others.
  public struct Rewrite: Sendable, Hashable {
    /// Why.
    public enum Kind: String, Sendable, Hashable {
      /// Small packs were put together.
      case merge
      /// Sessions moved to the archive.
      case promotion
      /// A dictionary was given up.
      case retirement
    }

    /// Why.
    public var kind: Kind
    /// Packs before.
    public var packsRead: Int
    /// Packs after.
    public var packsWritten: Int
    /// Sessions in them.
    public var sessions: Int
    /// Sessions whose events were compressed anew.
    public var sessionsRecompressed: Int
    /// NDJSON of all of them, bytes.
    public var rawBytes: UInt64
    /// Files before, bytes.
    public var bytesBefore: UInt64
    /// Files after, bytes.
    public var bytesAfter: UInt64
  }

  /// Merges and promotions, in the order in which they were done.
  public var rewrites: [Rewrite] = []
  /// Trainings, adopted or not.
  public var trainings: [TrainingReport] = []
  /// Copies of dictionaries that were lost or damaged and written again from the other one.
  public var copiesRestored = 0
  /// Dictionaries that nothing used any longer.
  public var dictionariesRemoved: [DictionaryID] = []
}
