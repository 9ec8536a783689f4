import Foundation
import SegmentCodecs
import Testing

/// What the engine's own tests read of the stores under Tests/Fixtures, a reader that knows FORMAT.md alone reads, too.
@Suite("the independent reader and stores of released format versions")
struct FixtureReaderTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  /// Every folder with an `expected.json`, as `format-1/reference`.
  static let all: [String] = {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix("/expected.json") }.map { String($0.dropLast("/expected.json".count)) }.sorted()
  }()

  @Test("there are some") func some() { #expect(Self.all.count >= 3) }

  @Test("checks them without a problem, lists and exports every session as expected", arguments: all)
  func agrees(_ name: String) async throws {
    try await ToolProcess.inFolder { tool in
      let fixture = Self.folder.appendingPathComponent(name)
      let data = try Data(contentsOf: fixture.appendingPathComponent("expected.json"))
      let expected = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let sessions = try #require(expected["sessions"] as? [[String: Any]])
      let store = fixture.appendingPathComponent("store").path
      let check = try IndependentReaderTests.read(["check", store], in: tool.folder)
      let hasLosses = sessions.contains { ($0["lost"] as? [Int])?.isEmpty == false }
      // What was lost before is a problem to it, and the only one.
      #expect(check.status == (hasLosses ? 1 : 0), "\(check.text)")
      #expect(check.text.split(separator: "\n").allSatisfy { hasLosses && $0.hasSuffix("is next") }, "\(check.text)")
      let listed = try IndependentReaderTests.read(["list", store], in: tool.folder).text.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      #expect(listed.count == sessions.count)
      for session in sessions {
        let id = try #require(session["session"] as? String)
        let project = try #require(session["project"] as? String)
        let other = try #require(listed.first { $0["session"] as? String == id })
        #expect(other["events"] as? Int == session["events"] as? Int, "\(id)")
        #expect(other["rawBytes"] as? Int == session["bytes"] as? Int, "\(id)")
        #expect(other["visitor"] as? String == session["visitor"] as? String, "\(id)")
        #expect(other["tags"] as? [String: String] == session["tags"] as? [String: String], "\(id)")
        let text = try IndependentReaderTests.read(["export", store, id, "--project", project], in: tool.folder).text
        let bytes = Array(text.utf8)
        let digest = unsafe SHA256.digest(bytes.span.bytes)
        let hash = digest.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
        #expect(hash == session["sha256"] as? String, "\(id)")
      }
      // Nothing was changed by looking.
      #expect(!FileManager.default.fileExists(atPath: store + "/temporary"))
    }
  }
}
