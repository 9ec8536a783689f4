extension Policy {
  /// A range of numbers that is open where it is not given: from `atLeast`, up to but without `below`.
  public struct Bounds: Sendable, Hashable {
    /// The least number that is in it; nil: no least one.
    public var atLeast: Double?
    /// The least number above it; nil: none.
    public var below: Double?

    /// A range from its ends, of which at least one is expected.
    public init(atLeast: Double? = nil, below: Double? = nil) {
      self.atLeast = atLeast
      self.below = below
    }

    /// Whether the number is in the range.
    public func holds(_ value: Double) -> Bool {
      if let atLeast, !(value >= atLeast) { return false }
      if let below, !(value < below) { return false }
      return true
    }
  }

  /// Which sessions a rule is for: those that meet all that is given.
  public struct Conditions: Sendable, Hashable {
    /// How many errors were reported.
    public var errors: Bounds?
    /// From the first event to the last by the recorder's clock, seconds; 0 where no event has a plausible time.
    public var durationSeconds: Bounds?
    /// How long the visitor was active, seconds.
    public var activeSeconds: Bounds?
    /// Number of events.
    public var events: Bounds?
    /// Bytes of NDJSON as they came.
    public var rawBytes: Bounds?
    /// Globs (`*` any run, `?` one character), at most 100 of at most 2,048 bytes; one of them must match the address of
    /// one page. Empty: any pages.
    public var urls: [String]
    /// Tags that must be set, at most 64; a nil value asks for the key alone.
    public var tags: [String: String?]
    /// True: some tag must be set; false: none may be.
    public var isTagged: Bool?
    /// The session must be of one of these projects, compared byte by byte. Empty: any project.
    public var projects: [String]
    /// How the session came to its end.
    public var state: SessionState?

    /// Conditions from those that are wanted; without any, all sessions meet them.
    public init(
      errors: Bounds? = nil, durationSeconds: Bounds? = nil, activeSeconds: Bounds? = nil, events: Bounds? = nil,
      rawBytes: Bounds? = nil, urls: [String] = [], tags: [String: String?] = [:], isTagged: Bool? = nil,
      projects: [String] = [], state: SessionState? = nil
    ) {
      self.errors = errors
      self.durationSeconds = durationSeconds
      self.activeSeconds = activeSeconds
      self.events = events
      self.rawBytes = rawBytes
      self.urls = urls
      self.tags = tags
      self.isTagged = isTagged
      self.projects = projects
      self.state = state
    }
  }
}
