/// A kind of maintenance, in the order in which they are done: what gives space back comes first, and dictionaries
/// before what is compressed with them.
public enum MaintenanceJob: String, Sendable, Hashable, CaseIterable {
  /// Let packs go whose day has come.
  case expiry
  /// End erasures that were interrupted.
  case erasure
  /// Let sessions go for a budget, or for the floor of free space.
  case budget
  /// Move what is in journals into recent packs.
  case flush
  /// Restore copies, train where it may pay, drop what nothing uses.
  case dictionaries
  /// Let the policy decide on sessions that are over and whose recent window is past: to the archive, or away.
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
      /// Sessions moved to the archive, or were left out.
      case promotion
      /// Sessions that are pinned, or no longer, moved to where their fate has them.
      case settlement
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
    /// Sessions that the policy left out.
    public var sessionsDropped: Int = 0
    /// NDJSON of all of them, bytes.
    public var rawBytes: UInt64
    /// Files before, bytes.
    public var bytesBefore: UInt64
    /// Files after, bytes.
    public var bytesAfter: UInt64
  }

  /// Sessions that were let go.
  public struct Departure: Sendable, Hashable {
    /// Why.
    public enum Reason: String, Sendable, Hashable {
      /// Their day had come.
      case expiry
      /// A budget, or the floor of free space, asked for it.
      case budget
    }

    /// Why.
    public var reason: Reason
    /// Packs that were unlinked whole.
    public var packs = 0
    /// Sessions, or parts of them, that went.
    public var sessions = 0
    /// Bytes that were given back.
    public var bytes: UInt64 = 0
  }

  /// Something that is due.
  public struct Plan: Sendable, Hashable {
    /// What.
    public var job: MaintenanceJob
    /// Why, for people.
    public var reason: String
    /// Packs it is about.
    public var packs = 0
    /// Sessions it is about; 0 where that is not looked up.
    public var sessions = 0
    /// Bytes it reads, about.
    public var bytesRead: UInt64 = 0
    /// Bytes it writes, about.
    public var bytesWritten: UInt64 = 0
    /// Bytes it gives back in the end, about.
    public var bytesFreed: UInt64 = 0
  }

  /// What is due, in the order in which it would be done; with `dryRun` only.
  public var plan: [Plan] = []
  /// Sessions that were let go.
  public var departures: [Departure] = []
  /// Interrupted erasures that were ended.
  public var erasuresEnded = 0
  /// Merges and promotions, in the order in which they were done.
  public var rewrites: [Rewrite] = []
  /// Trainings, adopted or not.
  public var trainings: [TrainingReport] = []
  /// Copies of dictionaries that were lost or damaged and written again from the other one.
  public var copiesRestored = 0
  /// Dictionaries that nothing used any longer.
  public var dictionariesRemoved: [DictionaryID] = []
}

extension MaintenanceReport {
  /// Adds what was done afterwards.
  public mutating func add(_ later: MaintenanceReport) {
    plan += later.plan
    departures += later.departures
    erasuresEnded += later.erasuresEnded
    rewrites += later.rewrites
    trainings += later.trainings
    copiesRestored += later.copiesRestored
    dictionariesRemoved += later.dictionariesRemoved
  }
}
