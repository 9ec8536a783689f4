import Foundation
import SegmentTestSupport
import Synchronization
import Testing

@testable import SegmentEngine

/// A process that ingests, another that compacts every second, and a third that reads: real ones.
/// `SEGMENT_SOAK_SECONDS` says for how long.
@Suite struct BesideTests {
  private static let seconds =
    ProcessInfo.processInfo.environment["SEGMENT_SOAK_SECONDS"].flatMap(Double.init) ?? 6

  /// What a child wrote, as it came.
  private final class Lines: Sendable {
    private let text = Mutex("")
    func add(_ data: Data) { text.withLock { $0 += String(decoding: data, as: UTF8.self) } }
    /// Whole lines so far.
    var all: [Substring] { text.withLock { $0 }.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }
  }

  @Test func withAnotherProcessCompactingEverySecondNothingIsLostAndNoReadFails() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("segment-beside-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("store").path
    let lines = Lines()
    let child = Process()
    child.executableURL = try BuiltPrograms.url("segment-test-child")
    child.arguments = ["traffic", path, "\(Self.seconds)"]
    let output = Pipe()
    child.standardOutput = output
    output.fileHandleForReading.readabilityHandler = { lines.add($0.availableData) }
    try child.run()
    try await Self.wait("the child opened the store") { lines.all.contains("open") }
    let reader = try await ReplayStore.open(path, mode: .readOnly)
    let compactions = try await withThrowingTaskGroup(of: Int.self) { group in
      group.addTask { try await Self.compact(path, while: child) }
      group.addTask {
        try await Self.read(reader, lines, while: child)
        return 0
      }
      return try await group.reduce(0, +)
    }
    child.waitUntilExit()
    #expect(child.terminationStatus == 0)
    #expect(!lines.all.contains { $0.hasPrefix("error") }, "\(lines.all.filter { $0.hasPrefix("error") })")
    #expect(compactions >= max(1, Int(Self.seconds) / 6))

    let maintainer = try await ReplayStore.open(path, mode: .maintenance)
    var sessions = 0
    for (name, batches) in Self.acknowledged(lines) {
      #expect(try await Self.export(maintainer, name) == Self.expected(name, batches), "\(name)")
      sessions += 1
    }
    #expect(sessions > 20)
    #expect(try await maintainer.verify(deep: true).findings.filter { $0.severity == .damage }.isEmpty)
    let info = try await maintainer.info()
    #expect(info.archivePacks.count > 0)
    print(
      "\(sessions) sessions, \(compactions) compactions, \(info.archivePacks.count) archive packs in \(Self.seconds) s")
    try await maintainer.close()
    try await reader.close()
  }

  private static func compact(_ path: String, while child: Process) async throws -> Int {
    var count = 0
    var isLast = false
    while !isLast {
      // Once more when it has ended, however slow the machine.
      isLast = !child.isRunning
      let tool = Process()
      tool.executableURL = try BuiltPrograms.url("engine-tool")
      tool.arguments = ["compact", path, "--recent-hours", "0", "--no-training"]
      let errors = Pipe()
      tool.standardOutput = FileHandle.nullDevice
      tool.standardError = errors
      try tool.run()
      while tool.isRunning { try await Task.sleep(for: .milliseconds(10)) }
      let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      // The ingesting process maintains by itself too: whoever comes second is told so.
      #expect(tool.terminationStatus == 0 || said.contains("locked"), "\(said)")
      if tool.terminationStatus == 0 { count += 1 }
      try await Task.sleep(for: .seconds(1))
    }
    return count
  }

  /// Reads sessions while they are moved: each time all that was acknowledged before, in order, with no gap.
  private static func read(_ store: ReplayStore, _ lines: Lines, while child: Process) async throws {
    var generator = SystemRandomNumberGenerator()
    while child.isRunning {
      guard let (name, batches) = acknowledged(lines).randomElement(using: &generator) else {
        try await Task.sleep(for: .milliseconds(5))
        continue
      }
      #expect(try await export(store, name) == expected(name, batches), "\(name)")
      // A session that is still written: a whole number of events from the first on.
      for summary in try await store.sessions(SessionQuery(limit: 3)).sessions {
        let text = try await export(store, summary.key.id)
        #expect(expected(summary.key.id, 9).hasPrefix(text) && text.split(separator: "\n").count >= Int(summary.events))
      }
    }
  }

  private static func acknowledged(_ lines: Lines) -> [(String, Int)] {
    lines.all.compactMap { line in
      let parts = line.split(separator: " ")
      return parts.count == 2 && parts[0].hasPrefix("t") ? Int(parts[1]).map { (String(parts[0]), $0) } : nil
    }
  }

  private static func expected(_ session: String, _ batches: Int) -> String {
    var text = ""
    for number in 0..<batches {
      for event in 0..<6 {
        let time = 1_700_000_000_000 + number * 5_000 + event
        text +=
          "{\"type\":3,\"data\":{\"source\":1,\"session\":\"\(session)\",\"batch\":\(number)},\"timestamp\":\(time)}\n"
      }
    }
    return text
  }

  private static func export(_ store: ReplayStore, _ name: String) async throws -> String {
    var text = ""
    for try await chunk in store.events(in: SessionKey(id: name)) {
      #expect(chunk.gapBefore == nil, "\(name): \(String(describing: chunk.gapBefore))")
      text += String(decoding: chunk.ndjson, as: UTF8.self)
    }
    return text
  }

  private static func wait(_ what: String, _ holds: () -> Bool) async throws {
    for _ in 0..<3_000 {
      if holds() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it never came to hold that \(what)")
  }
}
