import Foundation
import SegmentEngine

/// Memory of sessions that are being recorded.
enum LiveMemoryBench {
  static func run(_ recordings: [Recording], _ place: WorkPlace, _ report: inout Report) throws {
    let layout = try place.fresh("live")
    let writer = try StoreWriter.open(layout, ManySessions.configuration, .system())
    var maker = SmallSessions(recordings)
    let sessions = 10_000
    let parts = maker.next()
    var group = Group(writer)
    // What the journal keeps for its groups is not the sessions'.
    for number in 0..<500 { try group.add(parts.first, SessionKey(project: "p", id: "warm-\(number % 2)")) }
    try group.finish()
    let before = HeapUse.bytes()
    for batch in 0..<10 {
      for number in 0..<sessions {
        try group.add(batch == 0 ? parts.first : parts.second, SessionKey(project: "p", id: "s-\(number)"))
      }
    }
    try group.finish()
    let after = HeapUse.bytes()
    // A string of more than 15 bytes has a block of its own, with a header of 32 and a zero at its end. The address of
    // the page is the only one here.
    let line = parts.first.prefix { $0 != 0x0A }
    let address = String(decoding: line, as: UTF8.self).split(separator: "\"").first { $0.hasPrefix("https:") }?.utf8
      .count
    let strings = ((address ?? 0) + 33 + 15 + 8) / 16 * 16
    report.cost(
      "memory", "bytes a live session of 10 batches", Double(after - before) / Double(sessions) - Double(strings), "B",
      ceiling: 1_024, "its strings, \(strings) bytes, not counted")
    try writer.close()
    try place.remove(layout)
  }
}
