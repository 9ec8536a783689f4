/// How a dictionary is trained.
public struct DictionaryTraining: Sendable, Hashable {
  /// NDJSON that is sampled, bytes at most; the newest sessions first.
  public var rawBytes = 256 << 20
  /// NDJSON of one session that is sampled, bytes at most, so that no session makes up the sample by itself.
  public var sessionBytes = 16 << 20
  /// The largest dictionary, bytes of content; at most 16 MiB.
  public var contentBytes = 16 << 20
  /// Text is taken only when it was seen with so many different visitors. Fewer than 3 give up what keeps a visitor's own
  /// text out.
  public var visitors = 3
  /// ... or, where visitors are unknown, in so many sessions.
  public var unknownSessions = 10
  /// ... and in this share of the sampled sessions.
  public var share = 0.05
  /// Leaves out sessions without a visitor.
  public var visitorsOnly = false
  /// The share of the sessions that is left out of the sample and measured with it.
  public var heldOutShare = 0.2
  /// Adopts the dictionary also where it does not pay yet; for measurements.
  public var isForced = false
  /// Samples these sessions alone; nil: all of the project.
  package var sessions: Set<String>?

  /// The defaults.
  public init() {}
}

/// What a training did and found.
public struct TrainingReport: Sendable, Hashable {
  /// A dictionary that was tried.
  public struct Candidate: Sendable, Hashable {
    /// Bytes of its content.
    public var contentBytes: Int
    /// Bytes of one copy on the disk.
    public var fileBytes: Int
    /// What the held-out sessions weigh with it in the archive tier, bytes.
    public var heldOutBytes: Int
    /// What it saves against the dictionary in force (or none) on all the data it is to serve, less what it takes up
    /// itself, bytes; negative where it costs.
    public var gain: Int
  }

  /// Why it ended as it did.
  public enum Outcome: String, Sendable, Hashable {
    /// The dictionary is in force from now on.
    case adopted
    /// There are not enough sessions or visitors, or too little text.
    case tooLittle
    /// Nothing is shared by enough visitors.
    case nothingShared
    /// It would not save more than it costs.
    case noGain
  }

  /// The project.
  public var project: String
  /// How it ended.
  public var outcome = Outcome.tooLittle
  /// The dictionary that was adopted.
  public var dictionary: DictionaryID?
  /// Sessions that were sampled.
  public var sessions = 0
  /// Visitors they are of; unknown ones are not among them.
  public var visitors = 0
  /// NDJSON that was sampled, bytes.
  public var sampledBytes: UInt64 = 0
  /// Sessions that were held out.
  public var heldOutSessions = 0
  /// Their NDJSON, as far as it was measured, bytes.
  public var heldOutBytes: UInt64 = 0
  /// What the held-out sessions weigh in the archive tier without a dictionary, bytes.
  public var withoutDictionary = 0
  /// ... and with the one that was in force; nil where none was.
  public var withPrevious: Int?
  /// What was tried.
  public var candidates: [Candidate] = []
  /// How long selecting took, seconds.
  public var selectingSeconds = 0.0
  /// How long measuring took, seconds.
  public var measuringSeconds = 0.0

  init(project: String) { self.project = project }
}
