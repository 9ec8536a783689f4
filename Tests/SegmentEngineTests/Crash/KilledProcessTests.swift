import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// A real process that ingests, flushes and compacts is killed with SIGKILL at random moments, again and again, on the same
/// store, and so is one that compacts beside it: in each round one of them, or both.
/// `SEGMENT_KILLS` says how often, `SEGMENT_KILLS_SEED` when: a seed gives the same moments, not the same events.
@Suite struct KilledProcessTests {
  static let sessions = 4
  static let environment = ProcessInfo.processInfo.environment
  static let kills = environment["SEGMENT_KILLS"].flatMap(Int.init) ?? 50
  static let killsOfAStore = 100
  static let seed = environment["SEGMENT_KILLS_SEED"].flatMap(UInt64.init) ?? 20

  /// What a process said of itself: batches of each session that were acknowledged, sessions that were finished.
  struct Said {
    var batches = [[Int]](repeating: [], count: KilledProcessTests.sessions)
    var over: [Int] = []
    /// Rewrites of packs, by either process.
    var compacted = 0
  }

  @Test func whatAKilledProcessAcknowledgedIsThereWhoeverOpensTheStoreNext() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("segment-killed-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var path = folder.path
    var random = SplitMix64(seed: Self.seed)
    // How many batches of each session are known to be there.
    var stored = [Int](repeating: 0, count: Self.sessions)
    var over = Set<Int>()
    var compacted = 0
    for kill in 0..<Self.kills {
      // All there is is read after each kill: a store that lives through a thousand would be read for hours.
      if kill % Self.killsOfAStore == 0 {
        path = folder.appendingPathComponent("\(kill / Self.killsOfAStore)").path
        stored = stored.map { _ in 0 }
        over = []
      }
      let said = try Self.runAndKill(
        path, first: stored.max() ?? 0, isCompactorFirst: random.once(in: 2),
        after: (0..<2).map { _ in Double(random.next() % 120) / 1_000 })
      over.formUnion(said.over)
      compacted += said.compacted
      let store = try await ReplayStore.open(path, mode: kill % 2 == 0 ? .readWrite : .readOnly)
      for session in 0..<Self.sessions {
        let found = try await Self.content(of: store, SessionKey(id: "s\(session)"), session)
        // Each run begins at the same batch for all sessions: gaps in the numbers are those between runs.
        #expect(found.isWhole, "kill \(kill), session \(session): events of a batch are missing or doubled")
        for number in said.batches[session] {
          #expect(found.batches.contains(number), "kill \(kill), session \(session): batch \(number) is lost")
        }
        stored[session] = max(stored[session], (found.batches.max() ?? -1) + 1)
      }
      for number in kill % 10 == 9 ? over.sorted() : said.over {
        let key = SessionKey(id: "over-\(number)")
        let found = try await Self.content(of: store, key, Self.sessions)
        #expect(found.isWhole && found.batches == [number], "kill \(kill): \(key) is not whole")
        #expect(try await store.summary(of: key)?.finished != nil, "kill \(kill): \(key) is not finished")
      }
      if kill % 5 == 4 {
        let report = try await store.verify(deep: true)
        #expect(report.findings.filter { $0.severity == .damage }.isEmpty, "\(report.findings)")
      }
      try await store.close()
    }
    #expect(stored.min() ?? 0 > 0 && !over.isEmpty)
    #expect(compacted > 0)
  }

  /// Runs both, kills one some time after the ingesting one opened the store, and the other some time later; returns what
  /// the ingesting one acknowledged.
  private static func runAndKill(
    _ path: String, first: Int, isCompactorFirst: Bool, after seconds: [Double]
  ) throws -> Said {
    let (child, output) = try start([path, "\(first)", "\(sessions)"])
    var bytes = output.availableData
    let (compactor, compacted) = try start(["compact", path])
    let order = isCompactorFirst ? [compactor, child] : [child, compactor]
    for (process, pause) in zip(order, seconds) {
      Thread.sleep(forTimeInterval: pause)
      kill(process.processIdentifier, SIGKILL)
    }
    bytes += output.readDataToEndOfFile()
    let other = compacted.readDataToEndOfFile()
    for process in order { process.waitUntilExit() }
    var said = Said()
    for line in String(decoding: bytes + other, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: " ")
      if line.hasPrefix("error") { Issue.record("a child failed: \(line)") }
      guard parts.count == 2, let number = Int(parts[1]) else { continue }
      switch parts[0] {
      case "over": said.over.append(number)
      case "compacted": said.compacted += number
      default: if let session = Int(parts[0]) { said.batches[session].append(number) }
      }
    }
    return said
  }

  private static func start(_ arguments: [String]) throws -> (Process, FileHandle) {
    let process = Process()
    process.executableURL = try BuiltPrograms.url("segment-test-child")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    return (process, output.fileHandleForReading)
  }

  /// The batches of a session, and whether each is there exactly once with all its events, in order.
  private static func content(
    of store: ReplayStore, _ key: SessionKey, _ session: Int
  ) async throws -> (batches: Set<Int>, isWhole: Bool) {
    var text = ""
    do {
      for try await chunk in store.events(in: key) {
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
