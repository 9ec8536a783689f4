/// What `append` stored.
public struct AppendReceipt: Sendable, Hashable {
  /// An event that was left out of the batch (`Validation.skipInvalid`).
  public struct RejectedEvent: Sendable, Hashable {
    /// Ordinal in the batch, from 0.
    public var ordinal: Int
    /// Where in the batch the fault is, in bytes.
    public var byteOffset: Int
    /// What is wrong with it.
    public var reason: String
  }

  /// Cursor of the first event of the batch. Where every event was rejected it is that of the next event to come.
  public var first: Cursor
  /// How many events were stored.
  public var events: Int
  /// When the engine received them.
  public var received: Timestamp
  /// True when the batch ID had been accepted before: nothing was stored now, and this is the first receipt.
  public var isDuplicate: Bool
  /// Events that were left out.
  public var rejected: [RejectedEvent]

  /// Cursor of the last event; nil where none was stored.
  public var last: Cursor? {
    events == 0 ? nil : Cursor(epoch: first.epoch, sequence: first.sequence + UInt64(events) - 1)
  }
}

/// What becomes of a batch with invalid events.
public enum Validation: Sendable, Hashable {
  /// Nothing of it is stored.
  case rejectBatch
  /// The valid events are stored, the others are listed in the receipt: for pages that are closing and cannot send again.
  case skipInvalid
}

/// When an append is acknowledged.
public enum Durability: Sendable, Hashable {
  /// When it is on the disk.
  case synced
  /// When the operating system has it; it is synced within `Configuration.bufferedSyncInterval`. A crash of the process
  /// loses nothing, one of the machine may lose the last of it.
  case buffered
}

/// How the events came.
public enum Origin: Sendable, Hashable {
  /// From a browser just now: timestamps are also held against the time of receipt.
  case live
  /// From a file, however old.
  case imported
}
