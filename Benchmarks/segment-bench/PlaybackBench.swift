import Foundation
import SegmentEngine
import Synchronization

/// Time to the first chunk of `playback(at:)` in a store that was just opened, beside reading and decompressing the same
/// block.
enum PlaybackBench {
  /// A session, the moment to start at, and the block that the first chunk comes from.
  private struct Choice {
    var key: SessionKey
    var offset: Double
    var block: ByteRanges.Block
    var segments: Int
  }

  static func run(_ store: ManySessions, _ place: WorkPlace, _ report: inout Report) async throws {
    var random = Seeded(3)
    let small = Array(store.small.shuffled(using: &random).prefix(1_000))
    let real = Array(store.real.shuffled(using: &random).prefix(200))
    try await measure("small sessions", small, store.layout, place, &report)
    try await measure("real sessions", real, store.layout, place, &report)
  }

  private static func measure(
    _ what: String, _ keys: [SessionKey], _ layout: Layout, _ place: WorkPlace, _ report: inout Report
  ) async throws {
    let choices = try await choose(keys, layout)
    let bare = try BlockReader(layout)
    var limits: [Double] = []
    var core: [Double] = []
    var writing: [Double] = []
    var reading: [Double] = []
    var worst = 0
    var total = 0
    for _ in 0..<place.rounds {
      var limit: [Double] = []
      for choice in choices {
        let descriptor = try bare.descriptor(of: choice.block)
        limit.append(try timed { consume(try bare.read(choice.block, from: descriptor)) })
      }
      limits.append(median(limit))
      let files = CountingFiles()
      var environment = StoreEnvironment.system()
      environment.files = files
      let store = try StoreCore.openForReading(layout, ManySessions.configuration, environment)
      try store.readIndex()
      var times: [Double] = []
      for choice in choices {
        let before = files.counts.reads.load(ordering: .relaxed)
        times.append(
          try timed {
            var stream = try PlaybackStream(store, choice.key, at: .offset(milliseconds: choice.offset), window: nil)
            consume(try stream.next()?.ndjson.count)
          })
        let reads = files.counts.reads.load(ordering: .relaxed) - before
        worst = max(worst, reads - choice.segments)
        total += reads
      }
      core.append(median(times))
      writing.append(try await asynchronous(choices, layout, .readWrite))
      reading.append(try await asynchronous(choices, layout, .readOnly))
    }
    let limit = median(limits) * 1e6
    let bytes = choices.reduce(0) { $0 + $1.block.rawLength } / choices.count
    report.cost(
      "playback", "\(what), synchronous core", median(core) * 1e6, "us", limit: limit, atMost: 2,
      "limit: pread + ZSTD_decompressDCtx; blocks of \(bytes / 1_000) KB raw")
    report.cost("playback", "\(what), async, .readWrite", median(writing) * 1e6, "us", limit: limit, atMost: 2)
    report.cost("playback", "\(what), async, .readOnly", median(reading) * 1e6, "us", limit: limit)
    report.cost(
      "playback", "\(what), preads beyond one a segment, at most", Double(worst), "", ceiling: 1,
      "mean of all preads \(Double(total * 100 / (choices.count * place.rounds)) / 100)")
  }

  private static func asynchronous(_ choices: [Choice], _ layout: Layout, _ mode: Mode) async throws -> Double {
    let store = try await ReplayStore.open(layout, mode: mode, configuration: ManySessions.configuration, .system())
    var times: [Double] = []
    for choice in choices {
      let start = seconds()
      var chunks = store.playback(of: choice.key, at: .offset(milliseconds: choice.offset)).makeAsyncIterator()
      let chunk = try await chunks.next()
      times.append(seconds() - start)
      consume(chunk?.ndjson.count)
    }
    try await store.close()
    return median(times)
  }

  private static func choose(_ keys: [SessionKey], _ layout: Layout) async throws -> [Choice] {
    let store = try await ReplayStore.open(
      layout, mode: .readOnly, configuration: ManySessions.configuration, .system())
    var choices: [Choice] = []
    for key in keys {
      guard let summary = try await store.summary(of: key) else { continue }
      let start = summary.start?.millisecondsSince1970 ?? 0
      let offset = ((summary.end?.millisecondsSince1970 ?? start) - start) / 2
      var chunks = store.playback(of: key, at: .offset(milliseconds: offset)).makeAsyncIterator()
      guard let first = try await chunks.next()?.events.first else { continue }
      let blocks = try await store.byteRanges(in: key).blocks
      guard let block = blocks.last(where: { $0.firstSequence <= first.sequence }) else { continue }
      choices.append(Choice(key: key, offset: offset, block: block, segments: Int(summary.segments)))
    }
    try await store.close()
    return choices
  }
}
