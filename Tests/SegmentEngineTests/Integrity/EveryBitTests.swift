import Foundation
import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// Every bit of a small store with every kind of file turned, and every file cut at every length. An ordinary run takes one
/// bit of each byte and every eighth length; `SEGMENT_DAMAGE=all` takes all of them.
///
/// What a wrong bit costs, and no more:
///
/// | where | what is lost |
/// |---|---|
/// | frame of a block; record of a journal | the events of that block or record |
/// | directory entry | the session cannot be read until it is salvaged, which brings all of it |
/// | footer, locators, headers of pack, segment and block, group and journal; catalog, dictionary, gone list | nothing |
/// | lock records, durable mark, reserve | nothing |
///
/// What a cut costs: of a pack the segments whose directory entries are gone, and the blocks behind the cut; of a journal the
/// records behind it; of the catalog the commits behind it, which looks like a store from before them where it is cut
/// exactly between two, and all of it where not even the first copy of the first is left; of other files nothing.
@Suite("One wrong bit, or a file cut anywhere, is found, and never read as something else")
struct EveryBitTests {
  private static let shares = 8
  private static let isWhole = ProcessInfo.processInfo.environment["SEGMENT_DAMAGE"] == "all"
  private static let reference = Result { try DamageCheck(try ReferenceStore(.reference)) }

  /// Files whose content means nothing (FORMAT.md "The folder"): the only bytes a wrong bit of which nobody finds.
  private static let meaningless = ["reserve"]

  @Test("The store itself is well, small, and has every kind of file")
  func sound() throws {
    let reference = try ReferenceStore(.reference)
    #expect(try ReferenceStore(.reference).files == reference.files)
    let size = reference.files.reduce(0) { $0 + $1.value.count }
    #expect(size <= 64 << 10, "\(reference.files.mapValues(\.count).sorted { $0.key < $1.key })")
    let reader = try reference.onDisk().openReference()
    #expect(try reader.verified(deep: true).findings == [])
    for (key, session) in reference.sessions {
      let read = try reader.exported(key)
      #expect(read.gaps.isEmpty && read.bytes == Array(session.text.utf8), "\(key)")
      let summary = try #require(try reader.summary(of: key))
      #expect(summary.tags == session.tags && summary.windows == session.windows)
      #expect((summary.finished != nil) == session.isFinished && summary.isPinned == session.isPinned)
    }
    let state = reader.catalog.state
    #expect(state.packs.count { $0.tier == .recent } == 2 && state.packs.count { $0.tier == .archive } >= 2)
    #expect(state.packs.contains { $0.erased.segments > 0 && $0.liveSegments > 0 })
    #expect(state.journals.count { $0.sealedEnd == nil } == 1 && state.journals.count { $0.sealedEnd != nil } == 1)
    #expect(state.dictionaries.map(\.contentBytes) == [4_096])
    #expect(state.packs.contains { $0.dictionaries.count == 1 })
    #expect(state.gone.count == 1 && state.tombstones.count == 1 && state.receipts.count == 1)
    #expect(state.pins.count == 2 && state.policy != nil && state.holds.count == 1 && !state.totals.isEmpty)
    #expect(state.snapshots.count == 1 && state.trainings.count == 1 && state.sessionEdits.count == 1)
    #expect(state.generation > 1 && state.erasureApplied > 0)
    for name in ["catalog.lock", "writer.lock", "maintenance.lock", "erasure.lock", "durable", "reserve"] {
      #expect(reference.files[name] != nil, "\(name)")
    }
    #expect(state.packs.map(\.events).reduce(0, +) > 0)
  }

  @Test("Every byte of every file", arguments: 0..<shares)
  func everyBit(_ share: Int) throws {
    let check = try Self.reference.get()
    let store = try check.reference.onDisk()
    var bits = SeededGenerator(seed: 100 + share)
    var flips = 0
    var failures: [String] = []
    for name in check.reference.files.keys.sorted() {
      let path = "\(SimulatedStore.root)/\(name)"
      for byte in stride(from: share, to: check.reference.files[name]?.count ?? 0, by: Self.shares) {
        let expected = DamageCheck.Expectation(
          losses: [check.map.loss(name, at: byte)], isFound: !Self.meaningless.contains(name))
        // Zeros fill pages: of long runs of them an ordinary run takes one byte in eight.
        if !Self.isWhole, byte / Self.shares % 8 != 0, check.isFilling(name, byte) { continue }
        for bit in Self.isWhole ? Array(0..<8) : [Int.random(in: 0..<8, using: &bits)] {
          try store.disk.flipBit(path, byte: byte, bit: bit)
          flips += 1
          if let problem = check.problem(store, name, expected) {
            failures.append("\(name), byte \(byte), bit \(bit): \(problem)")
          }
          try store.disk.flipBit(path, byte: byte, bit: bit)
        }
      }
    }
    #expect(flips > (Self.isWhole ? 40_000 : 1_500))
    #expect(failures.isEmpty, "\(failures.count) of \(flips); \(failures.prefix(10).joined(separator: "\n"))")
    if Self.isWhole { print("share \(share): \(flips) flips, \(failures.count) failures") }
  }

  @Test("Every file cut at every length, to nothing, and removed", arguments: 0..<shares)
  func everyLength(_ share: Int) throws {
    let check = try Self.reference.get()
    let store = try check.reference.onDisk()
    var cuts = 0
    var failures: [String] = []
    for (name, bytes) in check.reference.files.sorted(by: { $0.key < $1.key }) {
      let path = "\(SimulatedStore.root)/\(name)"
      let step = Self.isWhole ? 1 : 8
      for length in stride(from: share * step, to: bytes.count, by: Self.shares * step) {
        try store.disk.truncateFile(path, to: length)
        cuts += 1
        if let problem = check.problem(store, name, try Self.expectation(check, name, length)) {
          failures.append("\(name) cut to \(length) of \(bytes.count): \(problem)")
        }
        try store.disk.setContents(path, bytes)
      }
      guard share == 0 else { continue }
      let process = store.disk.process()
      try process.unlink(path)
      cuts += 1
      var expected = try Self.expectation(check, name, 0)
      if name.hasPrefix("packs/") || name.hasPrefix("journals/") || name.hasPrefix("gone/") { expected.isFound = true }
      if let problem = check.problem(store, name, expected) { failures.append("\(name) removed: \(problem)") }
      try store.disk.setContents(path, bytes)
    }
    #expect(cuts > (Self.isWhole ? 5_000 : 600))
    #expect(failures.isEmpty, "\(failures.count) of \(cuts); \(failures.prefix(10).joined(separator: "\n"))")
    if Self.isWhole { print("share \(share): \(cuts) cuts, \(failures.count) failures") }
  }

  private static func expectation(
    _ check: DamageCheck, _ name: String, _ length: Int
  ) throws -> DamageCheck.Expectation {
    var expected = DamageCheck.Expectation(losses: check.map.losses(name, from: length))
    switch name {
    case "catalog":
      // Frames of one page in two copies each.
      let page = CatalogPage.size
      expected.opens = length >= page
      expected.mayLoseTags = length < 3 * page
      if length == 2 * page { expected.isFound = false }
    case "durable", "catalog.lock", "writer.lock", "maintenance.lock":
      expected.isFound = length > 0
    case "erasure.lock", "reserve":
      expected.isFound = false
    default:
      // What fills the last page of a journal may be missing.
      if name.hasPrefix("journals/"), length >= check.map.end(of: name) { expected.isFound = nil }
    }
    return expected
  }
}

extension DamageCheck {
  /// Whether a byte is in the middle of many zeros.
  fileprivate func isFilling(_ name: String, _ byte: Int) -> Bool {
    guard let bytes = reference.files[name], byte >= 32, byte + 32 <= bytes.count else { return false }
    return bytes[byte - 32..<byte + 32].allSatisfy { $0 == 0 }
  }
}
