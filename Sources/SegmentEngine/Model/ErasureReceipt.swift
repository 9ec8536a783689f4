/// What is to be erased.
public enum ErasureTarget: Sendable, Hashable {
  /// One session.
  case session(SessionKey)
  /// All sessions of a visitor, in one project or, with nil, in all. A session is listed under the first visitor that it
  /// was given; one whose later batches named this visitor is erased too where a segment of it still says so.
  case visitor(String, project: String? = nil)
  /// All sessions that have a tag with this value now, in one project or in all.
  case tag(key: String, value: String, project: String? = nil)
  /// All sessions of a project.
  case project(String)
}

/// What was erased, where, and how: for those who must prove it. Names stand in it as keyed hashes.
public struct ErasureReceipt: Sendable, Hashable {
  /// The kinds of target.
  public enum Kind: String, Sendable, Hashable {
    /// One session.
    case session
    /// A visitor's sessions.
    case visitor
    /// The sessions with a tag.
    case tag
    /// A project's sessions.
    case project
  }

  /// Names the receipt; 32 hexadecimal digits.
  public var id: String
  /// When it was asked for.
  public var time: Timestamp
  /// What kind of thing was named.
  public var kind: Kind
  /// Keyed hash of its name, 32 hexadecimal digits: the same name gives the same hash in this store and no other.
  public var nameHash: String
  /// Sessions that were erased.
  public var sessions: UInt64
  /// Segments of packs that were overwritten with zeros.
  public var segments: UInt64
  /// Batches in journals that were.
  public var records: UInt64
  /// Bytes that were overwritten in packs.
  public var bytes: UInt64
  /// Packs and journals that were written to.
  public var packs: UInt64
  /// Journals that were written to.
  public var journals: UInt64
  /// False where it was interrupted: what was found until then is erased or will be, the rest has to be asked for again.
  public var isComplete: Bool
  /// What was not reached, or cannot be; told when the erasure is made, not kept.
  public var limits: [String] = []
}
