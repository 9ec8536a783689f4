import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// A small store of every kind of file, on a simulated disk so that each run is the same to the byte.
@Suite("One wrong bit anywhere in a store is found, and never read as something else")
struct BitFlipTests {
  private struct Session {
    var key: SessionKey
    var lines: [String] = []
  }

  /// Makes the store: a pack with a dictionary, a journal behind it, edits that wait in the catalog.
  private static func make() throws -> (store: SimulatedStore, sessions: [Session]) {
    let disk = SimulatedDisk(seed: 1)
    let store = SimulatedStore(disk, seed: 1)
    var sessions = ["a", "b"].map { Session(key: SessionKey(project: "p", id: $0)) }
    var generator = SeededGenerator(seed: 2)
    let passage = generator.letters(400)
    let writer = try store.openWriter()
    func add(_ round: Int) throws {
      var group: [PendingCommit] = []
      for place in sessions.indices {
        let time = 1_700_000_000_000 + Double(round) * 1_000
        let events = [
          Sample.meta(time), Sample.snapshot(time + 1, text: passage + "\(round)"),
          Sample.mutation(time + 2, text: generator.letters(60)),
        ]
        let key = sessions[place].key
        try writer.core.prepare(key)
        group.append(
          .batch(
            try PreparedBatch(
              Sample.batch(events), to: key, window: "w", batchID: "b\(round)", visitor: "v",
              validation: .rejectBatch, durability: .synced, origin: .live, received: store.clock.now(), limits: .init()
            )))
        sessions[place].lines += events
      }
      for outcome in writer.commit(group) { _ = try outcome.get() }
    }
    let catalog = writer.core.catalog
    let facts = try DictionaryFile.install(
      Array(passage.utf8), project: "p", version: 1, store: catalog.state.store, store.environment(7),
      SimulatedStore.layout)
    try catalog.commit { _ in [.addDictionary(facts), .useDictionary(project: "p", facts.id)] }
    try add(0)
    try writer.rotate()
    try writer.flush()
    try add(1)
    try writer.close()
    // A new generation, so that the catalog is small; then an edit from outside behind it.
    let outside = try store.openReader()
    try disk.setContents(SimulatedStore.layout.catalogLock, [])
    for value in ["x", "y"] {
      let edit = SessionEdit(
        commit: 0, session: sessions[1].key, time: 1_700_000_009_000,
        change: .setTags([TagChange(key: "k", value: value)]))
      try outside.catalog.commit { _ in [.session(edit)] }
    }
    return (store, sessions)
  }

  @Test("The store itself is well")
  func sound() throws {
    let (store, sessions) = try Self.make()
    let reader = try store.openReader()
    #expect(try reader.verified(deep: true).findings == [])
    for session in sessions {
      let read = try reader.exported(session.key)
      #expect(
        read.gaps.isEmpty && String(decoding: read.bytes, as: UTF8.self) == session.lines.joined(separator: "\n") + "\n"
      )
    }
    let names = store.disk.paths().map { SimulatedStore.layout.relative($0) }
    #expect(names.count { $0.hasPrefix("packs/") } == 1)
    #expect(names.count { $0.hasPrefix("journals/") } == 1)
    #expect(names.count { $0.hasPrefix("dictionaries/") } == 2)
    #expect(names.contains("durable") && names.contains("catalog.lock") && names.contains("writer.lock"))
  }

  @Test("Of every byte of every file", arguments: 0..<4)
  func everyByte(_ share: Int) throws {
    let (store, sessions) = try Self.make()
    var bits = SeededGenerator(seed: 100 + share)
    var flipped = 0
    var failures: [String] = []
    for path in store.disk.paths() {
      let name = SimulatedStore.layout.relative(path)
      let size = try #require(store.disk.contents(path)).count
      for byte in stride(from: share, to: size, by: 4) {
        let bit = Int.random(in: 0..<8, using: &bits)
        try store.disk.flipBit(path, byte: byte, bit: bit)
        flipped += 1
        if let problem = Self.problem(store, sessions, name) {
          failures.append("\(name), byte \(byte), bit \(bit): \(problem)")
        }
        try store.disk.flipBit(path, byte: byte, bit: bit)
      }
    }
    #expect(flipped > 5_000)
    #expect(failures.isEmpty, "\(failures.count) in all; \(failures.prefix(10).joined(separator: "\n"))")
  }

  /// What is wrong with how the store takes a wrong bit in a file; nil where nothing is.
  private static func problem(_ store: SimulatedStore, _ sessions: [Session], _ name: String) -> String? {
    let reader: StoreCore
    do { reader = try store.openReader() } catch {
      return error.location?.file == name ? nil : "opening fails without naming it: \(error)"
    }
    var isUnnamedLoss = false
    do {
      let report = try reader.verified(deep: true)
      // Whose record it was that cannot be read at all, nobody knows: where it was the session's last, its end is gone.
      isUnnamedLoss = report.findings.contains { $0.file == name && $0.message.contains("record is unreadable") }
      if !report.findings.contains(where: { $0.file == name }) { return "verify finds \(report.findings)" }
    } catch {
      if error.location?.file != name { return "verify fails without naming it: \(error)" }
    }
    for session in sessions {
      do {
        let read = try reader.exported(session.key)
        let lost = read.gaps.compactMap(\.sequences)
        let left = session.lines.enumerated().filter { line in !lost.contains { $0.contains(UInt64(line.offset)) } }
        let expected = left.reduce(into: "") { $0 += $1.element + "\n" }
        let found = String(decoding: read.bytes, as: UTF8.self)
        if found != expected, !(isUnnamedLoss && expected.hasPrefix(found) && found.hasSuffix("\n")) {
          return "\(session.key) reads otherwise, with gaps \(lost)"
        }
      } catch {
        if error.location?.file != name { return "reading fails without naming it: \(error)" }
      }
    }
    return nil
  }
}
