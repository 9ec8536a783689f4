import SegmentEngine

/// What an audit found: findings of one kind at one place of one page are one row.
struct AuditReport {
  /// What a row is about.
  struct Key: Hashable {
    var page: String
    var path: String
    var place: FindingPlace
    var kind: SecretKind
  }

  /// A place where something was found.
  struct Row {
    var key: Key
    var occurrences: UInt64 = 0
    var sessions: UInt64 = 0
    /// The first of the values, masked.
    var example: String
    /// Number of the last session that has it.
    var lastSession: UInt64 = 0
  }

  private let mostRows: Int
  private let ignored: [Glob]
  private var found: [Key: Row] = [:]

  /// All findings, those that got no row included.
  private(set) var findings: UInt64 = 0
  /// Findings at places for which there was no row left.
  private(set) var otherFindings: UInt64 = 0
  private(set) var sessions: UInt64 = 0
  /// Sessions of which a part could not be read.
  private(set) var damagedSessions: UInt64 = 0
  private(set) var counts = EventAudit.Counts()

  /// Findings at places whose path is like one of `ignored` are left out.
  init(ignoring ignored: [Glob], mostRows: Int = 10_000) {
    self.ignored = ignored
    self.mostRows = mostRows
  }

  /// The rows, the most frequent first.
  var rows: [Row] {
    found.values.sorted { a, b in
      if a.occurrences != b.occurrences { return a.occurrences > b.occurrences }
      return Self.order(a.key) < Self.order(b.key)
    }
  }

  private static func order(_ key: Key) -> (String, String, String, String) {
    (key.page, key.path, key.place.description, key.kind.rawValue)
  }

  /// What is added from now on is of the next session.
  mutating func beginSession() { sessions += 1 }

  /// The session is over.
  mutating func endSession(_ session: EventAudit.Counts, isDamaged: Bool) {
    counts.events += session.events
    counts.bytes += session.bytes
    counts.packed += session.packed
    counts.unknown += session.unknown
    counts.unreadable += session.unreadable
    if isDamaged { damagedSessions += 1 }
  }

  mutating func add(_ finding: EventAudit.Found) {
    if ignored.contains(where: { $0.matches(finding.path) }) { return }
    findings += 1
    let key = Key(page: finding.page, path: finding.path, place: finding.place, kind: finding.secret.kind)
    var row: Row
    if let known = found[key] {
      row = known
    } else {
      guard found.count < mostRows else {
        otherFindings += 1
        return
      }
      row = Row(key: key, example: finding.secret.masked)
    }
    row.occurrences += 1
    if row.lastSession != sessions {
      row.sessions += 1
      row.lastSession = sessions
    }
    found[key] = row
  }
}
