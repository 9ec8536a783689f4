import Foundation
import SegmentEngine

/// Giving out all sessions in order of arrival, beside ZSTD_decompressDCtx of the same blocks in memory.
enum ExportBench {
  static func run(
    _ store: ManySessions, tool: String?, _ place: WorkPlace, _ report: inout Report
  ) async throws {
    try await measure("real sessions", store.real, store.layout, tool: tool, goal: 0.4, place, &report)
    try await measure(
      "small sessions", Array(store.small.prefix(20_000)), store.layout, tool: nil, goal: nil, place, &report)
  }

  private static func measure(
    _ what: String, _ keys: [SessionKey], _ layout: Layout, tool: String?, goal: Double?, _ place: WorkPlace,
    _ report: inout Report
  ) async throws {
    let store = try await ReplayStore.open(
      layout, mode: .readWrite, configuration: ManySessions.configuration, .system())
    let reader = try BlockReader(layout)
    var frames: [(block: ByteRanges.Block, frame: [UInt8])] = []
    for key in keys {
      for block in try await store.byteRanges(in: key).blocks { frames.append((block, try reader.frame(block))) }
    }
    let bytes = frames.reduce(0) { $0 + $1.block.rawLength }
    var limits: [Double] = []
    var core: [Double] = []
    var asynchronous: [Double] = []
    for _ in 0..<place.rounds {
      limits.append(try timed { for one in frames { consume(try reader.decompress(one.frame, one.block)) } })
      let opened = try StoreCore.openForReading(layout, ManySessions.configuration, .system())
      try opened.readIndex()
      var counted = 0
      core.append(
        try timed {
          for key in keys {
            var stream = try ArrivalStream(opened, key, time: nil, window: nil)
            while let chunk = try stream.next() { counted += chunk.ndjson.count }
          }
        })
      guard counted == bytes else { throw BenchError("export gave \(counted) bytes of \(bytes)") }
      counted = 0
      let start = seconds()
      for key in keys {
        for try await chunk in store.events(in: key) { counted += chunk.ndjson.count }
      }
      asynchronous.append(seconds() - start)
      guard counted == bytes else { throw BenchError("export gave \(counted) bytes of \(bytes)") }
    }
    try await store.close()
    let raw = Double(bytes) / 1e9
    let limit = raw / median(limits)
    report.speed(
      "export", "\(what), synchronous core", raw / median(core), "GB/s", limit: limit, atLeast: goal,
      "limit: ZSTD_decompressDCtx; \(frames.count) blocks of \(bytes / frames.count / 1_000) KB")
    report.speed("export", "\(what), async", raw / median(asynchronous), "GB/s", limit: limit, atLeast: goal)
    if let tool { try export(keys, layout, tool, raw, limit, &report) }
  }

  /// The tool, a process for each session.
  private static func export(
    _ keys: [SessionKey], _ layout: Layout, _ tool: String, _ raw: Double, _ limit: Double, _ report: inout Report
  ) throws {
    let elapsed = try timed {
      for key in keys {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = ["export", layout.root, key.id, "--project", key.project]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchError("engine-tool export failed") }
      }
    }
    report.speed(
      "export", "engine-tool export > /dev/null", raw / elapsed, "GB/s", limit: limit,
      "\(keys.count) processes, their starting included")
  }
}
