/// Which sessions to list. All conditions that are given must hold.
public struct SessionQuery: Sendable, Hashable {
  /// Only sessions of this project.
  public var project: String?
  /// Only sessions that end at or after this moment.
  public var from: Timestamp?
  /// Only sessions that start before this moment.
  public var to: Timestamp?
  /// Only sessions with all these tags; a nil value asks for the key alone.
  public var tags: [String: String?] = [:]
  /// Only sessions with a page whose address matches this glob (`*` any run, `?` one character).
  public var url: String?
  /// Only sessions with errors.
  public var hasErrors = false
  /// Only sessions that are pinned.
  public var isPinned = false
  /// How many to return at most, 1-10,000.
  public var limit = 100
  /// Continue after a page that was returned before.
  public var after: SessionPage.Position?

  /// A query with no conditions: the newest sessions.
  public init(
    project: String? = nil, from: Timestamp? = nil, to: Timestamp? = nil, tags: [String: String?] = [:],
    url: String? = nil, hasErrors: Bool = false, isPinned: Bool = false, limit: Int = 100,
    after: SessionPage.Position? = nil
  ) {
    self.isPinned = isPinned
    self.project = project
    self.from = from
    self.to = to
    self.tags = tags
    self.url = url
    self.hasErrors = hasErrors
    self.limit = limit
    self.after = after
  }
}

/// Sessions, newest first by their start: the earliest among the starts of their parts, where a part without any plausible
/// timestamp counts with the time at which it was received.
public struct SessionPage: Sendable {
  /// Where a listing stopped.
  public struct Position: Sendable, Hashable, LosslessStringConvertible {
    var startSeconds: UInt32
    var hash: UInt64

    init(startSeconds: UInt32, hash: UInt64) {
      self.startSeconds = startSeconds
      self.hash = hash
    }

    /// Reads what `description` writes; nil for anything else.
    public init?(_ description: String) {
      let parts = description.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, let start = UInt32(parts[0]), let hash = UInt64(parts[1], radix: 16) else { return nil }
      self.init(startSeconds: start, hash: hash)
    }

    /// A short text to pass on.
    public var description: String { "\(startSeconds)-\(String(hash, radix: 16))" }
  }

  /// The sessions of this page.
  public var sessions: [SessionSummary]
  /// Where the next page starts; nil where this is the last.
  public var next: Position?
}
