import Foundation
import SegmentEngine
import Testing

@testable import engine_tool

@Suite("stats")
struct StatsTests {
  /// Two recordings in two projects, packed, and one made by hand that is live.
  private static func fill(_ tool: ToolProcess) throws -> [Data] {
    let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Samples/recordings")
    var contents: [Data] = []
    for (app, name) in [("editor", "editor-05"), ("editor", "editor-07"), ("shop", "shop-01")] {
      let file = samples.appendingPathComponent("\(app)/\(name).ndjson.zst")
      contents.append(try Unpacked.content(of: file))
      let result = try tool.run("import", "store", file.path, "--project", app)
      try #require(result.status == 0, "\(result.errors)")
    }
    try #require(try tool.run("flush", "store").status == 0)
    try #require(try Recording.importAll(tool).status == 0)
    contents.append(Data(Recording.text(Recording.arrival).utf8))
    return contents
  }

  private func number(_ value: Any?) throws -> UInt64 { try #require(value as? NSNumber).uint64Value }

  private func total(_ objects: Any?, _ key: String) throws -> UInt64 {
    try #require(objects as? [[String: Any]]).reduce(0) { $0 + (try number($1[key])) }
  }

  @Test("In JSON every dimension adds up to what the files weigh")
  func json() async throws {
    try await ToolProcess.inFolder { tool in
      let contents = try Self.fill(tool)
      let object = try tool.run("stats", "store", "--json").object()
      #expect(object["schema"] as? Int == 1)
      let overall = try #require(object["overall"] as? [String: Any])
      let all = try number(overall["totalBytes"])
      var files: UInt64 = 0
      for name in try FileManager.default.subpathsOfDirectory(atPath: tool.file("store").path) {
        let facts = try FileManager.default.attributesOfItem(atPath: tool.file("store/\(name)").path)
        if facts[.type] as? FileAttributeType == .typeRegular { files += try number(facts[.size]) }
      }
      #expect(all == files)
      #expect(try number(object["fileBytes"]) == files)
      #expect(try number(overall["rawBytes"]) == contents.reduce(0) { $0 + UInt64($1.count) })
      #expect(try number(overall["sessions"]) == 4)
      #expect(try total(object["parts"], "bytes") == all)
      #expect(try total(object["kinds"], "rawBytes") == number(overall["rawBytes"]))
      #expect(try total(object["kinds"], "storedBytesEstimated") == number(overall["storedBytes"]))
      for (dimension, key, names) in [
        ("byProject", "project", ["default", "editor", "shop"]), ("byTier", "tier", ["live", "recent"]),
        ("byClass", "class", [""]),
      ] {
        let breakdown = try #require(object[dimension] as? [String: Any])
        #expect(try total(breakdown["groups"], "totalBytes") + number(breakdown["commonBytes"]) == all)
        #expect(try total(breakdown["groups"], "rawBytes") == number(overall["rawBytes"]))
        let groups = try #require(breakdown["groups"] as? [[String: Any]])
        #expect(groups.map { $0[key] as? String } == names)
      }
      let days = try #require((object["byDay"] as? [String: Any])?["groups"] as? [[String: Any]])
      for day in days { #expect((day["day"] as? String)?.utf8.count == 10) }
      // All sessions fit into the sample: what gzip takes is known, not guessed.
      let gzip = try #require(object["gzipSample"] as? [String: Any])
      #expect(gzip["isExact"] as? Bool == true)
      let codec = try GzipCodec(level: 6)
      var output: [UInt8] = []
      let expected = try contents.reduce(0 as UInt64) { sum, content in
        try codec.compress([UInt8](content), into: &output)
        return sum + UInt64(output.count)
      }
      #expect(try number(overall["gzipBytesEstimated"]) == expected)
      let projects = (object["byProject"] as? [String: Any])?["groups"]
      #expect(try total(projects, "gzipBytesEstimated") == expected)
    }
  }

  @Test("Shows the tables asked for, and says what is estimated from what")
  func text() async throws {
    try await ToolProcess.inFolder { tool in
      _ = try Self.fill(tool)
      let text = try tool.run("stats", "store").text
      for start in [
        "project   all, 3\n", "sessions  4, 3 segments, ", "what for ", "tier ", "project   sessions", "kind ",
      ] {
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).contains { ($0 + "\n").hasPrefix(start) })
      }
      #expect(!text.contains("\nday ") && !text.contains("\nclass "))
      #expect(text.contains("(each session one file)"))
      #expect(text.contains("fullSnapshot") && text.contains("(overhead)"))
      #expect(text.contains("stored bytes by kind are estimated from"))
      #expect(!text.contains("the files weigh"))
      let days = try tool.run("stats", "store", "--by", "day,class", "--gzip-sample-bytes", "0").text
      #expect(days.contains("\nday ") && days.contains("\nclass ") && !days.contains("\nkind "))
      #expect(days.contains("gzip -6   not estimated"))
      let part = try tool.run("stats", "store", "--gzip-sample-bytes", "1").text
      #expect(part.contains("(estimated from 1 session, "))
      let shop = try tool.run("stats", "store", "--project", "shop").text
      #expect(shop.hasPrefix("project   shop\nsessions  1, 1 segment, ") && !shop.contains("editor"))
    }
  }

  @Test("An empty store has nothing, and wrong arguments are refused")
  func edges() async throws {
    try await ToolProcess.inFolder { tool in
      try await ReplayStore.open(tool.file("store").path).close()
      let object = try tool.run("stats", "store", "--json").object()
      let overall = try #require(object["overall"] as? [String: Any])
      #expect(try number(overall["sessions"]) == 0 && overall["ratio"] is NSNull)
      #expect(try number(overall["totalBytes"]) == number(object["fileBytes"]))
      #expect(try tool.run("stats", "store").status == 0)
      #expect(try tool.run("stats", "nowhere").status == 3)
      for by in ["size", "day,", ""] { #expect(try tool.run("stats", "store", "--by", by).status == 64) }
      #expect(try tool.run("stats", "store", "--gzip-sample-bytes=-1").status == 64)
      #expect(try tool.run("stats", "store", "--project", "a\u{1}b").status == 64)
    }
  }

  @Test("gzip's size is counted piece by piece as if it were made at once", arguments: [0, 1, 70_000, 300_000])
  func gzipSize(_ count: Int) throws {
    var content: [UInt8] = []
    var state: UInt32 = 7
    for _ in 0..<count {
      state = state &* 1_664_525 &+ 1_013_904_223
      content.append(UInt8(97 + (state >> 24) % 16))
    }
    var whole: [UInt8] = []
    try GzipCodec(level: 6).compress(content, into: &whole)
    let size = try GzipSize(level: 6)
    for _ in 0..<2 {
      var made: UInt64 = 0
      for start in stride(from: 0, to: count, by: 10_001) {
        made += try size.add(Array(content[start..<min(count, start + 10_001)]))
      }
      #expect(try made + size.finish() == UInt64(whole.count))
    }
  }
}
