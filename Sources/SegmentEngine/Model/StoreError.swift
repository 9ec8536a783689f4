/// What went wrong: what failed, where, and what to do, in `message`; a code to act on; the place in the store.
public struct StoreError: Error, Sendable {
  /// The kinds of failure. New ones may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name, stable.
    public let description: String

    /// An argument breaks a limit or a rule (an empty or too long ID, a control character in one, a negative time).
    public static let invalidArgument = Code(description: "invalidArgument")
    /// The batch holds something that is not a valid event; nothing of it was stored.
    public static let invalidEvents = Code(description: "invalidEvents")
    /// The batch holds no event.
    public static let emptyBatch = Code(description: "emptyBatch")
    /// An event is larger than `Limits.eventBytes`.
    public static let eventTooLarge = Code(description: "eventTooLarge")
    /// The batch is larger than `Limits.batchBytes`.
    public static let batchTooLarge = Code(description: "batchTooLarge")
    /// The batch ID was used before with other bytes.
    public static let batchConflict = Code(description: "batchConflict")
    /// A policy document that is not one, or breaks a limit; the message names the field.
    public static let invalidPolicy = Code(description: "invalidPolicy")
    /// There is no such session, file or store.
    public static let notFound = Code(description: "notFound")
    /// The pack of a block is no longer in the store: it was rewritten, or let go. The session's blocks have other names now.
    public static let blockGone = Code(description: "blockGone")
    /// The path exists and is not a store.
    public static let notAStore = Code(description: "notAStore")
    /// The store or one of its files was written by a newer version.
    public static let newerFormat = Code(description: "newerFormat")
    /// Another process writes to the store.
    public static let locked = Code(description: "locked")
    /// The path lies on a network file system, where locks and durability cannot be relied on.
    public static let networkFileSystem = Code(description: "networkFileSystem")
    /// The operating system denies access.
    public static let accessDenied = Code(description: "accessDenied")
    /// The handle was not opened for this.
    public static let wrongMode = Code(description: "wrongMode")
    /// The disk is full: nothing of the call was stored, and it may be repeated when there is room.
    public static let diskFull = Code(description: "diskFull")
    /// Too much waits to be written.
    public static let overloaded = Code(description: "overloaded")
    /// Reading or writing failed. After a failed write or sync the handle is poisoned and must be opened anew.
    public static let ioFailed = Code(description: "ioFailed")
    /// Bytes in the store are not what they were when written.
    public static let damaged = Code(description: "damaged")
    /// A commit did not hold against what another process committed first.
    public static let conflict = Code(description: "conflict")
    /// The sampling policy left the session out: nothing more is taken of it.
    public static let sessionDropped = Code(description: "sessionDropped")
    /// The session's retention ended, or a budget let it go early: nothing more is taken of it.
    public static let sessionExpired = Code(description: "sessionExpired")
    /// The session was erased: nothing more is taken of it, and nothing is left to read.
    public static let sessionErased = Code(description: "sessionErased")
    /// The store has reached its byte budget or its floor of free space, and nothing more may be let go: nothing of the
    /// call was stored. Reading goes on.
    public static let budgetExceeded = Code(description: "budgetExceeded")
    /// The clock stands far past everything in the store: nothing is let go by it.
    public static let clockAhead = Code(description: "clockAhead")
    /// The store is a snapshot: it may be read, and `restore` makes a store of it.
    public static let isSnapshot = Code(description: "isSnapshot")
    /// The handle is closed.
    public static let closed = Code(description: "closed")
    /// The caller's task was cancelled before anything was done.
    public static let cancelled = Code(description: "cancelled")
  }

  /// Where in the store, or in the input, it happened.
  public struct Location: Hashable, Sendable {
    /// A file, relative to the store.
    public var file: String?
    /// Bytes from the start of the file, or of the batch.
    public var offset: UInt64?
    /// Bytes, where a range is meant.
    public var length: UInt64?
    /// The session that is hit.
    public var session: SessionKey?
    /// Ordinal of the event in the batch, from 0.
    public var event: Int?

    /// A location of the parts that are known.
    public init(
      file: String? = nil, offset: UInt64? = nil, length: UInt64? = nil, session: SessionKey? = nil, event: Int? = nil
    ) {
      self.file = file
      self.offset = offset
      self.length = length
      self.session = session
      self.event = event
    }
  }

  /// What kind of failure it is.
  public let code: Code
  /// What failed, where, and what to do, for people.
  public let message: String
  /// Where it happened.
  public let location: Location?
  /// The operating system's error number, where there was one.
  public let errno: Int32?
  /// True when the same call may succeed later without anything else being changed.
  public let isRetryable: Bool

  /// An error from its parts.
  public init(
    _ code: Code, _ message: String, location: Location? = nil, errno: Int32? = nil, isRetryable: Bool = false
  ) {
    self.code = code
    self.message = message
    self.location = location
    self.errno = errno
    self.isRetryable = isRetryable
  }
}

extension StoreError: CustomStringConvertible {
  /// The message, with code and location.
  public var description: String {
    var text = "\(message) [\(code)"
    if let location {
      if let session = location.session { text += ", session \(session)" }
      if let file = location.file { text += ", \(file)" }
      if let offset = location.offset { text += ", offset \(offset)" }
      if let event = location.event { text += ", event \(event)" }
    }
    if let errno { text += ", errno \(errno)" }
    return text + "]"
  }
}
