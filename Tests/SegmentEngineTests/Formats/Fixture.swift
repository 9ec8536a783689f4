import Foundation
import SegmentCodecs
import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// A store of a released format version as it was then, under Tests/Fixtures, and what is to be read of it.
///
/// **Never written again once its version is released**: it is what stores out there are like. A new version adds a folder
/// `format-N`. `SEGMENT_WRITE_FIXTURES=1` writes those that are not there.
struct Fixture: Sendable, CustomTestStringConvertible {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// What is to be read, in `expected.json`.
  struct Expected: Codable, Equatable {
    struct Session: Codable, Equatable {
      var project: String
      var session: String
      var events: Int
      var bytes: Int
      /// First sequence that was lost before, and the one behind the last; empty where none was.
      var lost: [UInt64]
      /// Of its events as NDJSON, in hexadecimal.
      var sha256: String
      var visitor: String
      var windows: [String]
      var tags: [String: String]
      var isFinished: Bool
      var isPinned: Bool
      /// Milliseconds since 1970.
      var start: Double
      var end: Double
      /// What a player gets at a moment between start and end.
      var playbackAt: Double
      var playbackEvents: Int
      var playbackSHA256: String

      var key: SessionKey { SessionKey(project: project, id: session) }
    }

    /// In order of a listing.
    var sessions: [Session]
    /// Erased or let go: nothing of them may be found.
    var absent: [String]
    /// Severity and file of each finding of `verify`, deep.
    var findings: [String]
    /// SHA-256 of each file of the store.
    var files: [String: String]
  }

  let version: Int
  let kind: ReferenceStore.Kind

  /// All that there are.
  static let all = ReferenceStore.Kind.allCases.map { Fixture(version: 1, kind: $0) }

  var testDescription: String { "format-\(version)/\(kind)" }
  var url: URL { Self.folder.appendingPathComponent("format-\(version)/\(kind)") }
  var store: URL { url.appendingPathComponent("store") }

  func expected() throws -> Expected {
    try JSONDecoder().decode(Expected.self, from: Data(contentsOf: url.appendingPathComponent("expected.json")))
  }

  static func hash(_ bytes: [UInt8]) -> String {
    (unsafe SHA256.digest(bytes.span.bytes)).map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }

  static func hash(_ text: String) -> String { hash(Array(text.utf8)) }

  /// Stores of the system's files at the time when the fixtures were made.
  static func environment(_ clock: ManualClock) -> StoreEnvironment {
    var environment = StoreEnvironment.system()
    environment.clock = clock
    return environment
  }

  static func open(_ path: String, _ mode: Mode, _ clock: ManualClock) async throws -> ReplayStore {
    var configuration = Configuration.compacting()
    configuration.limits.waitingJournals = 8
    return try await ReplayStore.open(
      Layout(root: path), mode: mode, configuration: configuration, environment(clock))
  }

  /// Writes store and expectation, where they are not there yet.
  func write() async throws {
    if FileManager.default.fileExists(atPath: url.path) { return }
    let reference = try ReferenceStore(kind)
    for (name, bytes) in reference.files {
      let file = store.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
    let reader = try await Self.open(store.path, .readOnly, ManualClock(now: ReferenceStore.now))
    var sessions: [Expected.Session] = []
    for summary in try await reader.sessions().sessions {
      guard let known = reference.sessions[summary.key], let start = summary.start?.millisecondsSince1970,
        let end = summary.end?.millisecondsSince1970
      else { throw StoreError(.conflict, "\(summary.key) is not to be there") }
      let moment = ((start + end) / 2).rounded(.down)
      let played = try await reader.playback(of: summary.key, at: .at(.init(millisecondsSince1970: moment))).all()
      sessions.append(
        .init(
          project: summary.key.project, session: summary.key.id, events: known.lines.count,
          bytes: known.text.utf8.count, lost: known.lost.map { [$0.lowerBound, $0.upperBound] } ?? [],
          sha256: Self.hash(known.text), visitor: known.visitor,
          windows: known.windows, tags: known.tags, isFinished: known.isFinished, isPinned: known.isPinned,
          start: start, end: end,
          playbackAt: moment, playbackEvents: played.events.count, playbackSHA256: Self.hash(played.ndjson)))
    }
    let findings = try await reader.verify(deep: true).findings
    try await reader.close()
    let expected = Expected(
      sessions: sessions, absent: ["shop/erased", "dropped/d"],
      findings: findings.map { "\($0.severity.rawValue) \($0.file)" }, files: reference.files.mapValues(Self.hash))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(expected).write(to: url.appendingPathComponent("expected.json"))
  }
}
