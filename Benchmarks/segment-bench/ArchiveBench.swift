import Foundation
import SegmentCodecs
import SegmentEngine
import Synchronization

/// The archive tier with dictionaries of the engine's own choice: what sessions weigh that it was not trained on, how fast
/// it is trained, and how long it takes to get to a moment of an archived session.
enum ArchiveBench {
  /// A session and a moment in it, and the block that holds that moment's keyframe.
  private struct Choice {
    var key: SessionKey
    var offset: Double
    var block: ByteRanges.Block
    var segments: Int
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.maintainsItself = false
    configuration.trainsDictionaries = false
    configuration.recentHours = 0
    return configuration
  }

  static func run(_ recordings: [Recording], _ place: WorkPlace, _ report: inout Report) async throws {
    let sites = Site.all(recordings)
    guard !sites.isEmpty else {
      throw BenchError("the archive is measured on sites with at least 6 recordings, named SITE-NUMBER")
    }
    let layout = try place.fresh("archive")
    let store = try await ReplayStore.open(layout.root, configuration: configuration)
    for site in sites {
      try await add(site.training, of: site, to: store)
      try await store.flush()
      var options = DictionaryTraining()
      options.isForced = true
      let training = try await store.trainDictionary(project: site.name, options: options)
      report.speed(
        "archive", "\(site.name), choosing a dictionary",
        Double(training.sampledBytes) / training.selectingSeconds / 1e6,
        "MB/s", floor: 100, "decoding the sample twice included")
      try await add(site.measured, of: site, to: store)
    }
    try await store.flush()
    try await store.maintain([.promotion])
    for site in sites { try await DictionaryBench.run(site, store, &report) }
    let keys = sites.flatMap { site in site.measured.map { SessionKey(project: site.name, id: $0.name) } }
    let choices = try await choose(keys, store)
    let reader = try await DictionaryBlockReader(layout, choices.map(\.block), store)
    try await store.close()
    try await measure(choices, reader, layout, place, &report)
  }

  private static func add(_ recordings: [Recording], of site: Site, to store: ReplayStore) async throws {
    for recording in recordings {
      let key = SessionKey(project: site.name, id: recording.name)
      for (place, batch) in recording.batches.enumerated() {
        try await store.append(
          batch.bytes, to: key, window: batch.window, visitor: recording.name,
          durability: place == recording.batches.count - 1 ? .synced : .buffered, origin: .imported)
      }
      try await store.finish(key)
    }
  }

  private static func choose(_ keys: [SessionKey], _ store: ReplayStore) async throws -> [Choice] {
    var random = Seeded(11)
    var choices: [Choice] = []
    for key in keys {
      guard let summary = try await store.summary(of: key), let start = summary.start, let end = summary.end else {
        continue
      }
      let blocks = try await store.byteRanges(in: key).blocks
      for _ in 0..<10 {
        let span = end.millisecondsSince1970 - start.millisecondsSince1970
        let offset = span * Double.random(in: 0...1, using: &random)
        var chunks = store.playback(of: key, at: .offset(milliseconds: offset)).makeAsyncIterator()
        guard let first = try await chunks.next()?.events.first,
          let block = blocks.last(where: { $0.firstSequence <= first.sequence })
        else { continue }
        choices.append(Choice(key: key, offset: offset, block: block, segments: Int(summary.segments)))
      }
    }
    return choices
  }

  private static func measure(
    _ choices: [Choice], _ bare: DictionaryBlockReader, _ layout: Layout, _ place: WorkPlace, _ report: inout Report
  ) async throws {
    var limits: [Double] = []
    var core: [Double] = []
    var open: [Double] = []
    var worst = 0
    for _ in 0..<place.rounds {
      limits.append(
        percentile99(try choices.map { choice in try timed { consume(try bare.read(choice.block)) } }))
      let files = CountingFiles()
      var environment = StoreEnvironment.system()
      environment.files = files
      let store = try StoreCore.openForReading(layout, configuration, environment)
      // The dictionaries are read once in a process's life.
      for choice in choices { consume(try first(of: choice, store)) }
      core.append(
        percentile99(
          try choices.map { choice in
            let before = files.counts.reads.load(ordering: .relaxed)
            let time = try timed { consume(try first(of: choice, store)) }
            worst = max(worst, files.counts.reads.load(ordering: .relaxed) - before - (choice.segments - 1))
            return time
          }))
      open.append(try await asynchronous(choices, layout))
    }
    let raw = choices.reduce(0) { $0 + $1.block.rawLength } / max(1, choices.count)
    let limit = median(limits) * 1e6
    report.cost(
      "archive", "getting to a moment, p99, synchronous core", median(core) * 1e6, "us", limit: limit, atMost: 2,
      "limit: pread + ZSTD_decompress_usingDDict, p99; blocks of \(raw / 1_000) KB raw on average")
    report.cost(
      "archive", "getting to a moment, p99, async", median(open) * 1e6, "us", limit: limit, atMost: 2)
    report.cost("archive", "preads for it, at most", Double(worst), "", ceiling: 2)
  }

  private static func first(of choice: Choice, _ store: StoreCore) throws -> Int? {
    var stream = try PlaybackStream(store, choice.key, at: .offset(milliseconds: choice.offset), window: nil)
    return try stream.next()?.ndjson.count
  }

  private static func asynchronous(_ choices: [Choice], _ layout: Layout) async throws -> Double {
    let store = try await ReplayStore.open(layout, mode: .readWrite, configuration: configuration, .system())
    var times: [Double] = []
    for round in 0..<2 {
      times = []
      for choice in choices {
        let start = seconds()
        var chunks = store.playback(of: choice.key, at: .offset(milliseconds: choice.offset)).makeAsyncIterator()
        let chunk = try await chunks.next()
        times.append(seconds() - start)
        consume((chunk?.ndjson.count, round))
      }
    }
    try await store.close()
    return percentile99(times)
  }

  private static func percentile99(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
  }
}

/// Recordings of one site, the first 70 % of them to train on.
struct Site {
  var name: String
  var training: [Recording]
  var measured: [Recording]

  /// Sites with at least six recordings, by what stands before the last hyphen of their names.
  static func all(_ recordings: [Recording]) -> [Site] {
    var groups: [String: [Recording]] = [:]
    for recording in recordings {
      guard let hyphen = recording.name.lastIndex(of: "-") else { continue }
      groups[String(recording.name[..<hyphen]), default: []].append(recording)
    }
    return groups.filter { $0.value.count >= 6 }.sorted { $0.key < $1.key }.map { name, all in
      let sorted = all.sorted { $0.name < $1.name }
      let cut = sorted.count * 7 / 10
      return Site(name: name, training: Array(sorted[..<cut]), measured: Array(sorted[cut...]))
    }
  }
}
