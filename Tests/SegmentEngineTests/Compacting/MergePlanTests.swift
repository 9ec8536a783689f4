import Testing

@testable import SegmentEngine

@Suite("Which packs are merged")
struct MergePlanTests {
  private let hour = 3_600_000.0

  private func packs(
    _ count: Int, bytes: UInt64 = 1_000, tier: PackFacts.Tier = .recent, from first: UInt64 = 1, every hours: Double = 0
  ) -> [PackFacts] {
    (0..<UInt64(count)).map { index in
      .sample(first + index, bytes: bytes, tier: tier, hours: Double(index) * hours...Double(index) * hours)
    }
  }

  private func next(_ packs: [PackFacts], packBytes: Int = 256 << 20, span: Double = 3_600_000) -> [UInt64]? {
    MergePlan.next(packs, packBytes: packBytes, span: span)?.map(\.firstOrdinal)
  }

  @Test("Levels go up by a factor of eight from 64 KiB")
  func levels() {
    let cases: [(UInt64, Int)] = [
      (0, 0), (65_535, 0), (65_536, 1), (8 * 65_536 - 1, 1), (8 * 65_536, 2), (64 * 65_536 - 1, 2), (64 * 65_536, 3),
      (512 * 65_536, 4), (256 << 20, 5), (.max, 16),
    ]
    for (bytes, level) in cases { #expect(MergePlan.level(.sample(1, bytes: bytes)) == level, "\(bytes)") }
  }

  @Test("Fewer than eight wait; eight are merged; sixty-four at most")
  func fanIn() {
    #expect(next([]) == nil)
    #expect(next(packs(7)) == nil)
    #expect(next(packs(8)) == Array(1...8))
    #expect(next(packs(64)) == Array(1...64))
    #expect(next(packs(100)) == Array(1...64))
  }

  @Test("Recent packs that span more time than allowed are parted, archive packs are not")
  func spans() {
    #expect(next(packs(8, every: 1.0 / 7)) == Array(1...8))
    #expect(next(packs(8, every: 1.01 / 7)) == nil)
    #expect(next(packs(30, every: 0.1)) == Array(1...11))
    #expect(next(packs(8, tier: .archive, every: 100)) == Array(1...8))
    // A clock that went back counts as well as one that went on.
    var back = packs(8)
    back[3] = .sample(4, bytes: 1_000, hours: -2...(-2))
    #expect(next(back) == nil)
  }

  @Test("What comes of it is no larger than a pack may be")
  func size() {
    #expect(next(packs(20), packBytes: 12_000) == Array(1...12))
    #expect(next(packs(20), packBytes: 8_000) == Array(1...8))
    #expect(next(packs(20), packBytes: 7_999) == nil)
    #expect(next(packs(20, bytes: 1 << 40), packBytes: 1_000) == nil)
  }

  @Test("Tiers, classes and levels stay apart; the smallest level goes first, then the oldest")
  func groups() {
    let mixed = packs(7) + packs(7, tier: .archive, from: 8)
    #expect(next(mixed) == nil)
    #expect(next(packs(8, bytes: 100_000) + packs(8, from: 20)) == Array(20...27))
    #expect(next(packs(8, tier: .archive, from: 20) + packs(8, from: 1)) == Array(1...8))
    let classes = (1...16).map { PackFacts.sample($0, bytes: 10, tier: .archive, className: $0 % 2 == 0 ? "a" : "b") }
    #expect(next(classes) == [1, 3, 5, 7, 9, 11, 13, 15])
    // Archive packs need not be neighbours.
    let levels = (1...16).map { PackFacts.sample($0, bytes: $0 % 2 == 0 ? 10 : 100_000, tier: .archive) }
    #expect(next(levels) == [2, 4, 6, 8, 10, 12, 14, 16])
  }

  @Test("Whatever is planned holds to all limits, and merging comes to an end", arguments: 0..<30)
  func random(_ seed: Int) {
    var generator = SeededGenerator(seed: seed)
    var packs = (1...UInt64(Int.random(in: 1...200, using: &generator))).map { ordinal in
      let start = Double(ordinal) / Double(Int.random(in: 1...60, using: &generator))
      return PackFacts.sample(
        ordinal, bytes: UInt64(1) << Int.random(in: 6...26, using: &generator),
        tier: generator.once(in: 2) ? .recent : .archive, hours: start...start + 0.01)
    }
    let packBytes = 1 << Int.random(in: 16...28, using: &generator)
    var rounds = 0
    while let chosen = MergePlan.next(packs, packBytes: packBytes, span: 3 * hour), rounds <= 200 {
      rounds += 1
      #expect((MergePlan.fewest...MergePlan.most).contains(chosen.count))
      #expect(Set(chosen.map(MergePlan.level)).count == 1)
      #expect(Set(chosen.map(\.tier)).count == 1)
      #expect(chosen.reduce(0) { $0 + $1.fileBytes } <= UInt64(packBytes))
      let first = chosen.map(\.firstReceived).min() ?? 0
      let last = chosen.map(\.lastReceived).max() ?? 0
      if chosen[0].tier == .recent { #expect(last - first <= 3 * hour) }
      let ids = Set(chosen.map(\.id))
      packs.removeAll { ids.contains($0.id) }
      var merged = chosen[0]
      merged.fileBytes = chosen.reduce(0) { $0 + $1.fileBytes }
      merged.firstReceived = first
      merged.lastReceived = last
      packs.insert(merged, at: packs.firstIndex { $0.firstOrdinal > merged.firstOrdinal } ?? packs.endIndex)
    }
    #expect(rounds <= 200 / 7, "seed \(seed)")
  }
}
