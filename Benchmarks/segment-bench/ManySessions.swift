import Foundation
import SegmentEngine
import SegmentFiles

/// A store with many sessions: small ones in several packs, every tenth of them spread over two, and the recordings
/// themselves, several times over, in packs of their own.
struct ManySessions {
  let layout: Layout
  let small: [SessionKey]
  let real: [SessionKey]

  static let perPack = 20_000

  /// Makes the store synchronously, by group commits that are not synced.
  static func make(_ recordings: [Recording], count: Int, copies: Int, _ place: WorkPlace) throws -> ManySessions {
    let layout = try place.fresh("many")
    let writer = try StoreWriter.open(layout, configuration, .system())
    var maker = SmallSessions(recordings)
    var small: [SessionKey] = []
    var group = Group(writer)
    for number in 0..<count {
      let key = SessionKey(project: "site-\(number % 7)", id: "session-\(number)")
      small.append(key)
      let parts = maker.next()
      let isSplit = number % 10 == 9
      try group.add(isSplit ? parts.first : parts.first + parts.second, key)
      if (number + 1) % perPack == 0 || number + 1 == count {
        try group.finish()
        try writer.rotate()
        try writer.flush()
        // What comes later of the sessions that are spread over two segments.
        for late in stride(from: number - number % perPack + 9, through: number, by: 10) {
          try group.add(maker.next().second, small[late])
        }
      }
    }
    try group.finish()
    try writer.rotate()
    try writer.flush()
    var real: [SessionKey] = []
    for copy in 0..<copies {
      for recording in recordings {
        let key = SessionKey(project: "real", id: "\(recording.name)-\(copy)")
        real.append(key)
        for batch in recording.batches { try group.add(batch.bytes, key, window: batch.window) }
      }
      try group.finish()
      try writer.rotate()
      try writer.flush()
    }
    try writer.close()
    return ManySessions(layout: layout, small: small, real: real)
  }

  static var configuration: Configuration {
    var configuration = Configuration()
    configuration.maintainsItself = false
    return configuration
  }
}

/// Batches that are committed together.
struct Group {
  private let writer: StoreWriter
  private var pending: [PendingCommit] = []
  private var bytes = 0

  init(_ writer: StoreWriter) { self.writer = writer }

  mutating func add(_ batch: [UInt8], _ key: SessionKey, window: String = "", received: Double? = nil) throws {
    let prepared = try PreparedBatch(
      batch, to: key, window: window, batchID: nil, visitor: nil, validation: .rejectBatch, durability: .buffered,
      origin: .imported, received: received ?? SystemClock().now(), limits: .init())
    try writer.core.prepare(key)
    pending.append(.batch(prepared))
    bytes += batch.count
    if pending.count >= 500 || bytes > 16 << 20 { try finish() }
  }

  mutating func finish() throws {
    if pending.isEmpty { return }
    for outcome in writer.commit(pending) { _ = try outcome.get() }
    pending = []
    bytes = 0
  }
}

/// Small sessions that look like real ones: a page visit, a snapshot of a small page, and events as they were recorded.
struct SmallSessions {
  private var tails: [[UInt8]] = []
  private var random = Seeded(11)
  private var number = 0
  private static let words = [
    "account", "basket", "delivery", "engine", "forest", "garden", "harbour", "invoice", "journey", "kitchen",
    "lantern",
    "meadow", "number", "orchard", "parcel", "quarter", "river", "station", "timber", "window",
  ]

  /// Takes runs of about 4 KB of small events out of the recordings.
  init(_ recordings: [Recording]) {
    for recording in recordings {
      var run: [UInt8] = []
      for batch in recording.batches {
        for line in batch.bytes.split(separator: 0x0A) where line.count < 2_000 {
          run += line
          run.append(0x0A)
          if run.count > 4_000 {
            tails.append(run)
            run = []
          }
        }
      }
    }
  }

  /// The next session in two parts: the page and a run of events, and another run.
  mutating func next() -> (first: [UInt8], second: [UInt8]) {
    number += 1
    let tail = tails[number * 2 % tails.count]
    let time = Self.timestamp(tail)
    var first = Array(
      "{\"type\":4,\"data\":{\"href\":\"https://example.com/\(word())/\(number % 97)\",\"width\":1280,\"height\":720},\"timestamp\":\(time)}\n"
        .utf8)
    first += snapshot(time).utf8
    first += tail
    return (first, tails[(number * 2 + 1) % tails.count])
  }

  private mutating func word() -> String { Self.words[Int(random.next() % UInt64(Self.words.count))] }

  private mutating func snapshot(_ time: Int) -> String {
    var nodes = ""
    for item in 0..<24 {
      let id = 10 + item * 3
      nodes +=
        "\(item == 0 ? "" : ","){\"type\":2,\"tagName\":\"li\",\"attributes\":{\"class\":\"card card-\(word())\",\"data-item\":\"\(random.next() % 10_000)\"},\"childNodes\":[{\"type\":3,\"textContent\":\"\(word()) \(word()) \(word())\",\"id\":\(id + 1)}],\"id\":\(id)}"
    }
    return
      "{\"type\":2,\"data\":{\"node\":{\"type\":0,\"childNodes\":[{\"type\":1,\"name\":\"html\",\"publicId\":\"\",\"systemId\":\"\",\"id\":2},{\"type\":2,\"tagName\":\"html\",\"attributes\":{\"lang\":\"en\"},\"childNodes\":[{\"type\":2,\"tagName\":\"body\",\"attributes\":{},\"childNodes\":[\(nodes)],\"id\":4}],\"id\":3}],\"id\":1},\"initialOffset\":{\"left\":0,\"top\":0}},\"timestamp\":\(time)}\n"
  }

  /// The timestamp at the end of the first line, as rrweb writes it.
  private static func timestamp(_ lines: [UInt8]) -> Int {
    let line = String(decoding: lines.prefix { $0 != 0x0A }, as: UTF8.self)
    guard let found = line.range(of: "\"timestamp\":", options: .backwards) else { return 1_795_000_000_000 }
    return Int(line[found.upperBound...].prefix { $0.isNumber }) ?? 1_795_000_000_000
  }
}
