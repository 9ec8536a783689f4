import Foundation
import SegmentEngine

/// Visitors of several sites: recordings that no dictionary was trained on, repeated under new names, in equal parts by
/// site and evenly over the time; every batch comes when it came after its session's first one.
struct Traffic {
  struct Visit {
    var key: SessionKey
    var visitor: String
    /// Milliseconds since 1970.
    var start: Double
    var recording: Recording
    /// A console error comes after the last batch.
    var hasError: Bool
  }

  struct Arrival {
    var time: Double
    var visit: Int
    var batch: Int
  }

  private(set) var visits: [Visit] = []
  /// In order of time.
  private(set) var arrivals: [Arrival] = []

  init(
    _ sites: [Site], sessions: Int, from start: Double, over milliseconds: Double, errorShare: Double = 0,
    seed: UInt64 = 5
  ) {
    var random = Seeded(seed)
    for number in 0..<sessions {
      let site = sites[number % sites.count]
      let recording = site.measured[number / sites.count % site.measured.count]
      let visit = Visit(
        key: SessionKey(project: site.name, id: "\(recording.name)-\(number)"), visitor: "visitor-\(number)",
        start: start + milliseconds * Double.random(in: 0..<1, using: &random), recording: recording,
        hasError: Double.random(in: 0..<1, using: &random) < errorShare)
      visits.append(visit)
      for (place, batch) in recording.batches.enumerated() {
        arrivals.append(Arrival(time: visit.start + batch.offset, visit: number, batch: place))
      }
      if visit.hasError, let last = recording.batches.last {
        arrivals.append(Arrival(time: visit.start + last.offset + 500, visit: number, batch: recording.batches.count))
      }
    }
    arrivals.sort { $0.time < $1.time }
  }

  func batch(_ arrival: Arrival) -> RecordedBatch {
    let batches = visits[arrival.visit].recording.batches
    if arrival.batch < batches.count { return batches[arrival.batch] }
    let time = batches.last.flatMap { Self.lastTimestamp($0.bytes) } ?? 1_795_000_000_000
    let event =
      "{\"type\":6,\"data\":{\"plugin\":\"rrweb/console@1\",\"payload\":{\"level\":\"error\",\"trace\":[\"checkout (https://example.com/app.js:1:20481)\"],\"payload\":[\"\\\"TypeError: undefined is not a function\\\"\"]}},\"timestamp\":\(time)}\n"
    return RecordedBatch(window: batches.last?.window ?? "", bytes: Array(event.utf8), events: 1)
  }

  private static func lastTimestamp(_ lines: [UInt8]) -> Int? {
    guard let line = lines.split(separator: 0x0A).last else { return nil }
    let text = String(decoding: line.suffix(64), as: UTF8.self)
    guard let found = text.range(of: "\"timestamp\":", options: .backwards) else { return nil }
    return Int(text[found.upperBound...].prefix { $0.isNumber })
  }
}
