/// What a part of a store weighs: a project, a tier, a day, or all of it. All sizes are in bytes.
public struct UsageShare: Sendable, Hashable {
  /// Sessions with something in it, told apart by key hash; nil where that cannot be counted without listing them.
  public var sessions: UInt64?
  /// Segments in packs.
  public var segments: UInt64 = 0
  /// Events in packs and journals.
  public var events: UInt64 = 0
  /// Their NDJSON as it came, line feeds included.
  public var rawBytes: UInt64 = 0
  /// What the events take, compressed: the frames of blocks and the payloads of journal records.
  public var storedBytes: UInt64 = 0
  /// What finding them takes: headers, directories, locators, heads of journal records.
  public var overheadBytes: UInt64 = 0
  /// Dictionaries, both copies.
  public var dictionaryBytes: UInt64 = 0

  /// All that it takes on the disk.
  public var totalBytes: UInt64 { storedBytes + overheadBytes + dictionaryBytes }

  init(sessions: UInt64? = 0) { self.sessions = sessions }
}

/// A store's bytes told apart by something: by project, say.
///
/// The totals of the groups and `commonBytes` add up to the total of the store.
public struct UsageBreakdown<Name: Sendable & Hashable>: Sendable, Hashable {
  /// What belongs to one name.
  public struct Group: Sendable, Hashable {
    /// The name.
    public var name: Name
    /// What it weighs.
    public var share: UsageShare
  }

  /// In order of name.
  public var groups: [Group]
  /// What belongs to none of them, because all share it.
  public var commonBytes: UInt64

  init(_ groups: [Group], of total: UInt64) {
    self.groups = groups
    let sum = groups.reduce(0) { $0 + $1.share.totalBytes }
    commonBytes = total - min(total, sum)
  }
}
