/// What `verify` found.
public struct VerifyReport: Sendable {
  /// Something that is not as it should be.
  public struct Finding: Sendable, Hashable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable {
      /// Bytes are lost or wrong.
      case damage
      /// Harmless now, but not as it should be: an orphan, a copy that must stand in for another.
      case warning
      /// Expected after a crash; nothing is lost.
      case note
    }
    /// How bad it is.
    public var severity: Severity
    /// What is wrong.
    public var message: String
    /// The file, relative to the store.
    public var file: String
    /// Where in it, bytes.
    public var offset: UInt64?
    /// How much of it, bytes.
    public var length: UInt64?
    /// The session that is hit.
    public var session: SessionKey?
    /// The time of the session that is hit.
    public var time: ClosedRange<Timestamp>?
  }

  /// All findings, in order of file and offset as far as checked in it.
  public var findings: [Finding] = []
  /// Files that were checked.
  public var files = 0
  /// Bytes of them.
  public var bytes: UInt64 = 0
  /// Segments in packs that were checked.
  public var segments: UInt64 = 0
  /// Blocks in packs that were checked.
  public var blocks: UInt64 = 0
  /// Events in packs and journals, as far as their counts were read.
  public var events: UInt64 = 0

  /// True where there is neither damage nor a warning.
  public var isClean: Bool { findings.allSatisfy { $0.severity == .note } }
}
