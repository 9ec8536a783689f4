import SegmentEngine
import SegmentFiles
import SegmentScanner

/// The store that is read: small sessions in two packs, every tenth of them spread over both, and the recordings in a third.
/// Made once, before anything is counted.
enum GuardStore {
  static let smallSessions = 1_000

  static func key(_ number: Int) -> SessionKey { SessionKey(project: "site-\(number % 7)", id: "session-\(number)") }
  static func key(_ sample: Sample) -> SessionKey { SessionKey(project: "real", id: sample.name) }

  static func make(_ layout: Layout, _ samples: [Sample]) throws {
    let writer = try StoreWriter.open(layout, .quiet, .steady(1))
    let tails = smallRuns(samples)
    guard !tails.isEmpty else { throw GuardError("the recordings have no small events") }
    for number in 0..<smallSessions {
      var first = page(number, at: tails[number % tails.count])
      first += tails[number % tails.count]
      try commit([prepare(first, key(number))], writer)
    }
    try seal(writer)
    for number in stride(from: 0, to: smallSessions, by: 10) {
      try commit([prepare(tails[(number + 1) % tails.count], key(number))], writer)
    }
    try seal(writer)
    for sample in samples {
      for batch in sample.batches { try commit([prepare(batch.bytes, key(sample), window: batch.window)], writer) }
    }
    try seal(writer)
    try writer.close()
  }

  /// A batch that is ready to be committed.
  struct Ready {
    var key: SessionKey
    var batch: PreparedBatch
  }

  static func prepare(_ bytes: [UInt8], _ key: SessionKey, window: String = "") throws -> Ready {
    Ready(
      key: key,
      batch: try PreparedBatch(
        bytes, to: key, window: window, batchID: nil, visitor: nil, validation: .rejectBatch, durability: .synced,
        origin: .imported, received: 1_795_000_000_000, limits: .init()))
  }

  static func commit(_ group: [Ready], _ writer: StoreWriter) throws {
    for ready in group { try writer.core.prepare(ready.key) }
    for outcome in writer.commit(group.map { .batch($0.batch) }) { _ = try outcome.get() }
  }

  static func seal(_ writer: StoreWriter) throws {
    try writer.rotate()
    try writer.flush()
  }

  /// Runs of about 1.5 KB of small events.
  private static func smallRuns(_ samples: [Sample]) -> [[UInt8]] {
    var runs: [[UInt8]] = []
    var run: [UInt8] = []
    for sample in samples {
      for batch in sample.batches {
        for line in batch.bytes.split(separator: 0x0A) where line.count < 1_000 {
          run += line
          run.append(0x0A)
          if run.count > 1_500 {
            runs.append(run)
            run = []
          }
        }
      }
    }
    return runs
  }

  /// A Meta event and a small snapshot.
  private static func page(_ number: Int, at run: [UInt8]) -> [UInt8] {
    let line = Array(run.prefix { $0 != 0x0A })
    let time = Int(unsafe EventProbe.probe(line.span.bytes)?.timestamp ?? 1_795_000_000_000)
    var nodes = ""
    for item in 0..<12 {
      let id = 10 + item * 2
      nodes +=
        "\(item == 0 ? "" : ","){\"type\":2,\"tagName\":\"li\",\"attributes\":{\"class\":\"card-\(number * 31 % 977)\"},\"childNodes\":[{\"type\":3,\"textContent\":\"item \(number * 7 + item)\",\"id\":\(id + 1)}],\"id\":\(id)}"
    }
    return Array(
      """
      {"type":4,"data":{"href":"https://example.com/page/\(number % 97)","width":1280,"height":720},"timestamp":\(time)}
      {"type":2,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[\(nodes)],"id":2}],"id":1},"initialOffset":{"left":0,"top":0}},"timestamp":\(time)}

      """.utf8)
  }
}
