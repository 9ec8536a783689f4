import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// A real process that ingests is killed with SIGKILL at random moments, again and again, on the same store.
/// `SEGMENT_KILLS` says how often, `SEGMENT_KILLS_SEED` when: a seed gives the same moments, not the same events.
@Suite struct KilledProcessTests {
  static let sessions = 4
  static let environment = ProcessInfo.processInfo.environment
  static let kills = environment["SEGMENT_KILLS"].flatMap(Int.init) ?? 25
  static let seed = environment["SEGMENT_KILLS_SEED"].flatMap(UInt64.init) ?? 20

  @Test func whatAKilledProcessAcknowledgedIsThereWhoeverOpensTheStoreNext() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("segment-killed-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path
    var random = SplitMix64(seed: Self.seed)
    // How many batches of each session are known to be there.
    var stored = [Int](repeating: 0, count: Self.sessions)
    for kill in 0..<Self.kills {
      let acknowledged = try Self.runAndKill(
        path, first: stored.max() ?? 0, after: Double(random.next() % 120) / 1_000)
      let store = try await ReplayStore.open(path, mode: kill % 2 == 0 ? .readWrite : .readOnly)
      for session in 0..<Self.sessions {
        let found = try await Self.content(of: store, session)
        // Each run begins at the same batch for all sessions: gaps in the numbers are those between runs.
        #expect(found.isWhole, "kill \(kill), session \(session): events of a batch are missing or doubled")
        for number in acknowledged[session] {
          #expect(found.batches.contains(number), "kill \(kill), session \(session): batch \(number) is lost")
        }
        stored[session] = max(stored[session], (found.batches.max() ?? -1) + 1)
      }
      if kill % 5 == 4 {
        let report = try await store.verify(deep: true)
        #expect(report.findings.filter { $0.severity == .damage }.isEmpty, "\(report.findings)")
      }
      try await store.close()
    }
    #expect(stored.min() ?? 0 > 0)
  }

  /// Runs the child until `seconds` after it opened the store, kills it, and returns what it acknowledged.
  private static func runAndKill(_ path: String, first: Int, after seconds: Double) throws -> [[Int]] {
    let child = Process()
    child.executableURL = try BuiltPrograms.url("segment-test-child")
    child.arguments = [path, "\(first)", "\(sessions)"]
    let output = Pipe()
    child.standardOutput = output
    try child.run()
    var bytes = output.fileHandleForReading.availableData
    Thread.sleep(forTimeInterval: seconds)
    kill(child.processIdentifier, SIGKILL)
    bytes += output.fileHandleForReading.readDataToEndOfFile()
    child.waitUntilExit()
    var acknowledged = [[Int]](repeating: [], count: sessions)
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: " ")
      if line.hasPrefix("error") { Issue.record("the child failed: \(line)") }
      guard parts.count == 2, let session = Int(parts[0]), let number = Int(parts[1]) else { continue }
      acknowledged[session].append(number)
    }
    return acknowledged
  }

  /// The batches of a session, and whether each is there exactly once with all its events, in order.
  private static func content(of store: ReplayStore, _ session: Int) async throws -> (batches: Set<Int>, isWhole: Bool)
  {
    var text = ""
    do {
      for try await chunk in store.events(in: SessionKey(id: "s\(session)")) {
        if chunk.gapBefore != nil { return ([], false) }
        text += String(decoding: chunk.ndjson, as: UTF8.self)
      }
    } catch {
      guard error.code == .notFound else { throw error }
      return ([], true)
    }
    var batches: [Int] = []
    var counts: [Int: Int] = [:]
    for line in text.split(separator: "\n") {
      guard let field = line.range(of: "\"batch\":"), line.contains("\"session\":\(session),"),
        let number = Int(line[field.upperBound...].prefix { $0.isNumber })
      else { return ([], false) }
      if batches.last != number { batches.append(number) }
      counts[number, default: 0] += 1
    }
    return (Set(batches), batches == batches.sorted() && counts.values.allSatisfy { $0 == 8 })
  }
}
