internal import Foundation
import SegmentEngine
import Testing

/// A store with every kind of file, and what is in it: to be damaged and salvaged.
struct SalvageSample {
  let folder: StoreFolder
  /// Events of each session, in order of sequence.
  private(set) var lines: [SessionKey: [String]] = [:]
  private(set) var image: StoreImage
  let passage: String

  /// A session with parts in an archive pack, a recent pack and a journal; others with one part each; a dictionary.
  init() async throws {
    folder = try StoreFolder()
    let clock = ShiftedClock()
    var generator = SeededGenerator(seed: 11)
    passage = generator.letters(300)
    let store = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
    _ = try store.install(passage, project: "default")
    for number in 0..<7 {
      try await store.addSession(
        SessionKey(id: "s\(number)"), text: "\(passage.prefix(60))\(number)", events: 8 + number, visitor: "v\(number)",
        tags: ["n": "\(number)"], isFinished: number % 2 == 0)
      if number % 2 == 0 {
        let text = generator.letters(900)
        try await store.add(
          (0..<9).map { Sample.mutation(Sample.base + Double(number * 100 + $0), text: text + "\($0)") },
          to: SessionKey(id: "long"), window: "w\(number)", batchID: "long\(number)")
      }
      // Another project has no dictionary.
      try await store.add(
        [Sample.meta(Sample.base), Sample.snapshot(Sample.base + 1, text: "plain\(number)")],
        to: SessionKey(project: "other", id: "o\(number)"))
      if number == 2 || number == 4 { try await store.flush() }
      if number == 2 {
        clock.advance(hours: 30)
        try await store.maintain([.promotion])
      }
    }
    image = try await StoreImage(store)
    for key in image.listed.map(\.key) { lines[key] = try await store.events(in: key).all().lines }
    try await store.close()
  }

  var target: String { folder.parent + "/target" }

  func removeTarget() throws {
    if FileManager.default.fileExists(atPath: target) { try FileManager.default.removeItem(atPath: target) }
  }

  /// Salvages, checks what must hold whatever is damaged, and gives what the new store holds of each session.
  ///
  /// Each event that is there is the one that was there under its sequence; each that is not is reported; the new store is
  /// well in itself, and the old one unchanged.
  func salvage(_ what: String) async throws -> (report: SalvageReport, found: [SessionKey: Set<UInt64>]) {
    try removeTarget()
    let before = try folder.content()
    let report = try await ReplayStore.salvage(folder.path, into: target, configuration: .compacting())
    #expect(try folder.content() == before, "\(what): the old store was changed")
    let store = try await ReplayStore.open(target, mode: .readOnly)
    let verified = try await store.verify(deep: true).findings
    #expect(verified == [], "\(what): \(verified)")
    var found: [SessionKey: Set<UInt64>] = [:]
    for summary in try await store.sessions().sessions {
      let events = try await store.events(in: summary.key).all()
      for (info, line) in zip(events.events, events.lines) {
        let known = lines[summary.key] ?? []
        #expect(
          info.sequence < UInt64(known.count) && known[Int(info.sequence)] == line, "\(what): \(summary.key), \(info)")
        #expect(found[summary.key, default: []].insert(info.sequence).inserted, "\(what): \(summary.key) has one twice")
      }
    }
    try await store.close()
    let vague = report.losses.contains { $0.file != "catalog" && ($0.session == nil || $0.sequences == nil) }
    for (key, lines) in lines {
      for sequence in 0..<UInt64(lines.count) where !(found[key]?.contains(sequence) ?? false) {
        let isTold = report.losses.contains { $0.session == key && ($0.sequences?.contains(sequence) ?? false) }
        #expect(isTold || vague, "\(what): event \(sequence) of \(key) is gone, and nothing says so")
      }
    }
    #expect(UInt64(found.values.reduce(0) { $0 + $1.count }) == report.events, "\(what)")
    return (report, found)
  }

  /// All events are there.
  func isWhole(_ found: [SessionKey: Set<UInt64>]) -> Bool {
    lines.allSatisfy { found[$0.key]?.count == $0.value.count }
  }
}

extension StoreImage {
  /// As it is once all is in packs.
  var settled: StoreImage {
    var image = self
    for index in image.listed.indices { image.listed[index].isLive = false }
    for key in image.summaries.keys { image.summaries[key]?.isLive = false }
    return image
  }
}
