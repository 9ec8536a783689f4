import SegmentEngine
import SegmentTestSupport
import Testing

@testable import engine_tool

/// Looks at events whose bytes were changed at random: nothing traps, and no value is shown.
enum AuditFuzz {
  /// Pieces that matter to readers of JSON and to searches.
  private static let pieces = [
    "\"", "\\", "\\u", "\\ud83d", "{", "}", "[", "]", ",", ":", "@", "%", "%4", "Bearer ", "eyJ", ".", "4111 1111 ",
    "null",
    "\u{0}", "\"id\":-1,", "\"id\":1e9,", "\"childNodes\":[{", "\"node\":{", "é", "99999999999999999999",
  ].map { Array($0.utf8) }

  private static let kinds: [UInt8] = [0, 2, 4, 5, 6, 7, 8, 9, 16, 21, 25, 27, 63]

  static func run(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let lines = (AuditPlanted.lines + Recording.arrival).map { Array($0.utf8) }
    var audit = EventAudit(SecretSearch.everything)
    for round in 0..<400 {
      var line = lines[random.below(lines.count)]
      for _ in 0..<(1 + random.below(6)) { change(&line, lines, &random) }
      let kind = EventKind(rawValue: kinds[random.below(kinds.count)])
      let range = random.below(3)..<(line.count + 2)
      audit.look(at: LenientJSONReader(line, range), EventTreatment(kind), window: "\(round % 70)") { found in
        let value = String(decoding: found.secret.value, as: UTF8.self)
        let shown = [found.page, found.path, found.place.description, found.secret.masked]
        #expect(!shown.contains { $0.contains(value) }, "seed \(seed)")
      }
    }
  }

  private static func change(_ line: inout [UInt8], _ lines: [[UInt8]], _ random: inout SplitMix64) {
    let at = random.below(line.count + 1)
    let end = min(line.count, at + random.below(40))
    switch random.below(6) {
    case 0: if at < line.count { line[at] = random.bytes(1)[0] }
    case 1: line.removeSubrange(at..<end)
    case 2: line.insert(contentsOf: pieces[random.below(pieces.count)], at: at)
    case 3: line.replaceSubrange(at..<end, with: pieces[random.below(pieces.count)])
    case 4: line.insert(contentsOf: line[at..<end], at: random.below(line.count + 1))
    default:
      let other = lines[random.below(lines.count)]
      line.replaceSubrange(at..<end, with: other.suffix(random.below(other.count)).prefix(80))
    }
  }
}
