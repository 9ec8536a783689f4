import Foundation
import SegmentEngine
import Testing

/// All recordings under Samples/, through the tool: what comes out is what went in.
@Suite("sample recordings")
struct SampleRecordingTests {
  @Test("come out byte for byte in order of arrival, windows apart and together, live and packed")
  func equal() async throws {
    try await ToolProcess.inFolder { tool in
      let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Samples/recordings")
      var recordings: [(session: String, files: [URL], batches: URL)] = []
      for app in ["dashboard", "editor", "shop"] {
        let folder = samples.appendingPathComponent(app)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        for name in names where name.hasSuffix(".batches.json") {
          let session = String(name.dropLast(".batches.json".count))
          let files = names.filter { $0.hasPrefix(session + ".") && $0.hasSuffix(".ndjson.zst") }
          recordings.append(
            (session, files.map(folder.appendingPathComponent), folder.appendingPathComponent(name)))
        }
      }
      #expect(recordings.count == 36)
      for recording in recordings {
        let result = try tool.run(
          ["import", "store"] + recording.files.map(\.path)
            + ["--session", recording.session, "--batches", recording.batches.path])
        try #require(result.status == 0, "\(result.errors)")
      }
      for isPacked in [false, true] {
        if isPacked { try #require(try tool.run("flush", "store").status == 0) }
        for recording in recordings {
          let together = try expected(recording.files, recording.batches, tool)
          #expect(try tool.run("export", "store", recording.session).output == together.all, "\(recording.session)")
          for (window, content) in together.windows {
            let found = try tool.run("export", "store", recording.session, "--window", window).output
            #expect(found == content, "\(recording.session), window \(window)")
          }
        }
      }
      let report = try tool.run("verify", "store", "--deep")
      #expect(report.status == 0, "\(report.text)")
    }
  }

  /// What a session's export must be: the windows' lines in the order of the batches, and each window alone.
  private func expected(
    _ files: [URL], _ batches: URL, _ tool: ToolProcess
  ) throws -> (all: Data, windows: [String: Data]) {
    let list = try #require(
      try JSONSerialization.jsonObject(with: try Data(contentsOf: batches)) as? [String: Any])
    let entries = try #require(list["batches"] as? [[String: Any]])
    var lines: [String: [Data]] = [:]
    for file in files {
      let content = try Unpacked.content(of: file)
      let parts = file.lastPathComponent.split(separator: ".")
      let window = parts.count == 4 ? String(parts[1]) : (entries.first?["window"] as? String ?? "")
      var rows: [Data] = []
      var start = content.startIndex
      while let end = content[start...].firstIndex(of: 0x0A) {
        rows.append(content[start...end])
        start = end + 1
      }
      lines[window] = rows
    }
    var all = Data()
    for entry in entries {
      let window = try #require(entry["window"] as? String)
      let first = try #require(entry["first_line"] as? Int)
      let count = try #require(entry["lines"] as? Int)
      let rows = try #require(lines[window])
      for row in rows[first..<first + count] { all += row }
    }
    return (all, lines.mapValues { $0.reduce(into: Data()) { $0 += $1 } })
  }
}
