import Foundation
import Testing

@testable import engine_tool

@Suite("engine-tool bench")
struct BenchTests {
  private static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Samples/recordings/dashboard")

  /// Sessions of one window each.
  private static let files = ["01", "02", "04", "05"].map {
    samples.appendingPathComponent("dashboard-\($0).ndjson.zst").path
  }

  private func bench(_ tool: ToolProcess, _ arguments: String...) throws -> ToolProcess.Result {
    try tool.run(["bench", "--rounds", "1", "--work", tool.folder.path] + arguments)
  }

  @Test("measures every method on sessions no dictionary has seen, and leaves nothing behind")
  func figures() async throws {
    try await ToolProcess.inFolder { tool in
      let result = try tool.run(
        ["bench", "--rounds", "1", "--json", "--html", "page.html", "--work", tool.folder.path] + Self.files)
      try #require(result.status == 0, "\(result.errors)")
      let report = try result.object()
      #expect(report["schema"] as? Int == 1)
      #expect(report["sessions"] as? Int == 4)
      #expect(report["trainingSessions"] as? Int == 2)
      #expect(report["measuredSessions"] as? Int == 2)
      let raw = try Self.files[2...].reduce(0) { try $0 + Unpacked.content(of: URL(fileURLWithPath: $1)).count }
      #expect(report["measuredRawBytes"] as? Int == raw)
      let methods = try #require(report["methods"] as? [[String: Any]])
      var bytes: [String: Int] = [:]
      for method in methods {
        let name = try #require(method["method"] as? String)
        let stored = try #require(method["compressedBytes"] as? Int)
        let ratio = try #require(method["ratio"] as? Double)
        let projected = try #require(method["projectedGigabytes"] as? Double)
        bytes[name] = stored
        #expect(abs(ratio - Double(raw) / Double(stored)) < 1e-9, "\(name)")
        #expect(abs(projected - Double(stored) / 2 * 30_000 / 1e9) < 1e-9, "\(name)")
        for speed in ["compressionMegabytesPerSecond", "decompressionMegabytesPerSecond"] {
          #expect((method[speed] as? Double).map { $0 > 0 } ?? (name == "raw"), "\(name)")
        }
      }
      let expected = ["raw", "lz4", "gzip6", "zstd3", "zstd9", "zstd19"]
      let found = try expected.map { try #require(bytes[$0], "\($0)") }
      #expect(found[0] == raw)
      for (larger, smaller) in zip(found, found.dropFirst()) { #expect(larger > smaller, "\(found)") }
      #expect(try #require(bytes["engineRecent"]) < found[1])
      #expect(try #require(bytes["zstd3Dictionary"]) < found[3])
      #expect(bytes["zstd1"] != nil)
      let dictionary = try #require(methods.first { $0["method"] as? String == "zstd3Dictionary" })
      let alone = try #require(dictionary["compressedBytesWithoutDictionary"] as? Int)
      let share = Double(try #require(dictionary["dictionaryBytes"] as? Int)) * 2 / 1_000
      #expect(bytes["zstd3Dictionary"] == alone + Int(share.rounded(.up)))
      try checkPage(try String(contentsOf: tool.file("page.html"), encoding: .utf8), methods)
      let left = try FileManager.default.contentsOfDirectory(atPath: tool.folder.path)
      #expect(!left.contains { $0.hasPrefix("segment-bench") })
    }
  }

  /// The page names all methods, draws them, and refers to nothing outside itself.
  private func checkPage(_ page: String, _ methods: [[String: Any]]) throws {
    for method in methods { #expect(page.contains(try #require(method["name"] as? String))) }
    for outside in ["http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link", "nan", "inf\""] {
      #expect(!page.contains(outside), "\(outside)")
    }
    #expect(page.hasPrefix("<!DOCTYPE html>"))
    #expect(page.components(separatedBy: "role=\"img\"").count == 4)
    #expect(page.contains("prefers-color-scheme: dark"))
    #expect(page.contains("@media print"))
    let xml = XMLCheck(page)
    #expect(xml.unbalanced == nil)
  }

  @Test("reads folders, and says why there are no dictionaries where there are none")
  func folders() async throws {
    try await ToolProcess.inFolder { tool in
      let folder = tool.file("recordings")
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("deep"), withIntermediateDirectories: true)
      try Recording.text(Recording.first).write(
        to: folder.appendingPathComponent("deep/b.ndjson"), atomically: false, encoding: .utf8)
      try tool.write("{}", to: "recordings/a.batches.json")
      try tool.write("x", to: "recordings/readme.txt")
      let alone = try bench(tool, "recordings", "recordings/deep/b.ndjson")
      try #require(alone.status == 0, "\(alone.errors)")
      #expect(alone.text.contains("note: of a single session none is left to train on"))
      #expect(alone.text.contains("this engine, recent tier"))
      #expect(!alone.text.contains("110 KB"))
      // The same text as an array without a last line feed, in another folder and of the same name.
      try tool.write("[\(Recording.first.joined(separator: ",\n"))]", to: "recordings/b.json")
      let both = try bench(tool, "recordings", "--train", "0", "--json")
      try #require(both.status == 0, "\(both.errors)")
      #expect(try both.object()["sessions"] as? Int == 2)
      #expect(try (both.object()["notes"] as? [String])?.count == 1)
    }
  }

  @Test("refuses what it cannot measure, and names it")
  func refusals() async throws {
    try await ToolProcess.inFolder { tool in
      try tool.write("", to: "empty.ndjson")
      try tool.write("garbage\n", to: "garbage.ndjson")
      try tool.write(Packed.gzip.prefix(50), to: "short.ndjson.gz")
      try tool.write(Packed.text, to: "good.ndjson")
      try FileManager.default.createDirectory(at: tool.file("bare"), withIntermediateDirectories: false)
      let cases: [(arguments: [String], status: Int32, names: String)] = [
        (["good.ndjson", "nothere.ndjson"], 3, "nothere.ndjson"), (["bare"], 3, "bare"),
        (["good.ndjson", "empty.ndjson"], 4, "empty.ndjson"), (["good.ndjson", "garbage.ndjson"], 4, "garbage.ndjson"),
        (["good.ndjson", "short.ndjson.gz"], 4, "short.ndjson.gz"),
        (["good.ndjson", "--html", "no/page"], 4, "no/page"),
        ([], 64, "files"), (["good.ndjson", "--rounds", "0"], 64, "--rounds"),
        (["good.ndjson", "--train-share", "1"], 64, "--train-share"),
        (["good.ndjson", "--work", "no/where"], 4, "no/where"),
      ]
      for (arguments, status, name) in cases {
        let result = try tool.run(["bench"] + arguments)
        #expect(result.status == status, "\(arguments): \(result.errors)")
        #expect(result.errors.contains(name), "\(arguments): \(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(arguments): \(result.errors)")
        #expect(result.output.isEmpty, "\(arguments)")
      }
    }
  }

  @Test("writes quantities with three digits that count")
  func quantities() {
    #expect(
      [0, 1.234, 9.994, 9.996, 99.94, 99.96, 1234.4].map { Quantity.number($0) }
        == ["0.00", "1.23", "9.99", "10.0", "99.9", "100", "1234"])
    #expect(
      [0, 999, 999.6, 1_234, 999_600, 5.5e9].map { Quantity.bytes($0) }
        == ["0 B", "999 B", "1.00 kB", "1.23 kB", "1.00 MB", "5.50 GB"])
    #expect([0, 0.012, 0.42, 2.5].map { Quantity.percent($0) } == ["0.0 %", "1.2 %", "42 %", "250 %"])
    #expect(Quantity.number(nil) == "-")
    #expect([0.05, 0.5, 1.5, 20, 1_000, 20_000].map(LogAxis.label) == ["0.05", "0.5", "1.5", "20", "1,000", "20,000"])
  }
}

/// Looks for tags that are not closed.
private struct XMLCheck {
  /// The first tag that is closed and was not the last opened, or is left open.
  private(set) var unbalanced: String?

  init(_ page: String) {
    var open: [String] = []
    for piece in page.split(separator: "<").dropFirst() {
      guard let end = piece.firstIndex(of: ">") else {
        unbalanced = String(piece)
        return
      }
      let tag = piece[..<end]
      let name = tag.prefix { $0.isLetter || $0.isNumber || $0 == "/" }
      if tag.hasSuffix("/") || ["meta", "br"].contains(name) || tag.hasPrefix("!") { continue }
      if !name.hasPrefix("/") {
        open.append(String(name))
      } else if open.popLast() != String(name.dropFirst()) {
        unbalanced = String(tag)
        return
      }
    }
    unbalanced = open.last
  }
}
