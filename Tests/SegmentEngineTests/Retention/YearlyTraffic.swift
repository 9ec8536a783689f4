import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// A year of a site's sessions from a seed: sizes, events, clicks and durations drawn from those of real recordings of six
/// sites (122 sessions; NDJSON in KiB, clicks, seconds), scaled down in bytes alone.
struct YearlyTraffic {
  struct Visit {
    var key: SessionKey
    var clicks: Int
    var errors: Int
    var seconds: Int
    var bytes: [UInt8]
    var isFinished: Bool
  }

  /// (NDJSON in KiB, clicks, seconds): every third of the recordings, in order of size.
  private static let recordings: [(kib: Int, clicks: Int, seconds: Int)] = [
    (37, 5, 57), (68, 11, 63), (74, 12, 93), (80, 15, 110), (95, 21, 107), (114, 12, 91), (166, 18, 105), (405, 1, 51),
    (565, 8, 54), (582, 1, 72), (631, 11, 94), (789, 4, 55), (815, 7, 47), (859, 5, 43), (961, 4, 74), (1_026, 13, 110),
    (1_142, 9, 99), (1_173, 4, 66), (1_210, 13, 101), (1_363, 9, 62), (1_553, 7, 78), (1_875, 9, 55), (2_050, 4, 82),
    (2_265, 12, 74), (2_432, 8, 44), (2_713, 5, 108), (3_100, 6, 64), (3_410, 12, 67), (3_748, 3, 49), (3_906, 11, 104),
    (4_411, 18, 82), (4_843, 12, 93), (5_188, 8, 55), (5_409, 21, 107), (5_716, 10, 101), (5_876, 4, 56),
    (6_449, 14, 94),
    (7_124, 14, 94), (7_713, 13, 86), (9_285, 4, 71), (10_654, 2, 45),
  ]
  static let scale = 4_096
  static let errorShare = 0.04

  private var random: SplitMix64
  private var number = 0

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func visit(at time: Double) -> Visit {
    number += 1
    let recording = Self.recordings[Int(random.next() % UInt64(Self.recordings.count))]
    let errors = Double(random.next() >> 11) / 9_007_199_254_740_992 < Self.errorShare ? 1 : 0
    var lines = [
      "{\"type\":4,\"data\":{\"href\":\"https://site.example/p/\(random.next() % 40)\",\"width\":1,\"height\":1},\"timestamp\":\(Int(time))}",
      "{\"type\":2,\"data\":{\"node\":{\"id\":1},\"pad\":\"\(String(repeating: "x", count: recording.kib * 1_024 / Self.scale))\"},\"timestamp\":\(Int(time) + 1)}",
    ]
    for click in 0..<recording.clicks {
      lines.append(Sample.click((time + 10 + Double(click)).rounded()))
    }
    for _ in 0..<errors { lines.append(Sample.error((time + 900).rounded())) }
    lines.append(Sample.mutation((time + Double(recording.seconds) * 1_000).rounded(), text: "\(random.next())"))
    return Visit(
      key: SessionKey(project: "site", id: "\(number)-\(random.next())"), clicks: recording.clicks, errors: errors,
      seconds: recording.seconds, bytes: Sample.batch(lines), isFinished: random.next() % 5 < 3)
  }
}
