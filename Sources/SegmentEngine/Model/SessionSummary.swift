/// The facts of a session, merged over all it has in the store.
public struct SessionSummary: Sendable, Hashable {
  /// How many there are of a kind of event, and what they weigh.
  public struct KindCount: Sendable, Hashable {
    /// The kind.
    public var kind: EventKind
    /// Number of events.
    public var events: UInt64
    /// Bytes of NDJSON, line feeds included.
    public var rawBytes: UInt64
  }

  /// Which session.
  public var key: SessionKey
  /// Who was recorded; empty where unknown.
  public var visitor: String
  /// First plausible timestamp; nil where there is none.
  public var start: Timestamp?
  /// Last plausible timestamp.
  public var end: Timestamp?
  /// When the engine received its first batch.
  public var firstReceived: Timestamp
  /// When the engine received its last batch.
  public var lastReceived: Timestamp
  /// Number of events.
  public var events: UInt64
  /// Events and bytes by kind, in order of kind.
  public var kinds: [KindCount]
  /// Addresses of the pages visited, from Meta events: the first 64 different ones of each segment, in order.
  public var pages: [String]
  /// How many pages were visited in all.
  public var pageCount: UInt64
  /// Clicks (MouseInteraction of type Click).
  public var clicks: UInt64
  /// Input events.
  public var inputs: UInt64
  /// Errors reported (rrweb console plugin, level `error`).
  public var errors: UInt64
  /// Events that hold data compressed by the recorder.
  public var packedEvents: UInt64
  /// Timestamps that are not plausible and left out of start and end.
  public var implausibleTimestamps: UInt64
  /// How long the visitor was active: steps of at most 10 s between user events, added up.
  public var activeMilliseconds: UInt64
  /// Bytes of NDJSON as they came, line feeds included.
  public var rawBytes: UInt64
  /// Bytes they take in packs and journals (frames and payloads).
  public var storedBytes: UInt64
  /// The windows or tabs, in order of first event.
  public var windows: [String]
  /// Tags set on it.
  public var tags: [String: String]
  /// When it was finished; nil where it was not.
  public var finished: Timestamp?
  /// How many segments it has in packs.
  public var segments: Int
  /// True where some of it is still in the journal.
  public var isLive: Bool
  /// Sequence the next event gets.
  public var nextSequence: UInt64
  /// The rule of the policy that kept it; nil while nothing is decided.
  public var rule: String?
  /// The rate at which it was kept: it stands for 1/rate sessions. 1 while nothing is decided.
  public var keepRate = 1.0
  /// When it may go; nil while nothing is decided, where it stays for good, and while it is pinned.
  public var expires: Timestamp?
  /// True where it stays whatever the policy says.
  public var isPinned = false
  /// Until when it is pinned; nil where it is not, or for good.
  public var pinnedUntil: Timestamp?

  /// From start to end; 0 where unknown.
  public var durationMilliseconds: Double {
    guard let start, let end else { return 0 }
    return end.millisecondsSince1970 - start.millisecondsSince1970
  }
}
