import Testing

@testable import SegmentEngine

@Suite("Which sessions are promoted")
struct PromotionRuleTests {
  private static let minute = 60_000.0
  private static let hour = 3_600_000.0
  private let now = 1_000 * Self.hour

  private func rule(recentHours: Double = 24) -> PromotionRule {
    var configuration = Configuration()
    configuration.recentHours = recentHours
    return PromotionRule(now: now, configuration)
  }

  private func entry(first: Double, last: Double, finished: Double? = nil) -> SegmentEntry {
    var facts = SegmentFacts(received: first)
    facts.lastReceived = last
    return SegmentEntry(
      offset: 0, length: 0, ordinal: 1, sequence: 0, session: SessionKey(id: "s"), visitor: "", windows: [],
      dictionaries: [], facts: facts, tags: [], finished: finished, rule: "", rate: 1, batches: [], blocks: [])
  }

  @Test("Packs count from the moment their window is past, to the millisecond")
  func window() {
    let rule = rule()
    let hours = now / Self.hour
    let packs: [PackFacts] = [
      .sample(1, bytes: 10, hours: hours - 30...hours - 24), .sample(2, bytes: 10, hours: hours - 30...hours - 23.999),
      .sample(3, bytes: 10, tier: .archive, hours: hours - 90...hours - 80), .sample(4, bytes: 10, hours: 0...1),
      .sample(5, bytes: 10, hours: hours...hours + 5),
    ]
    #expect(rule.candidates(packs).map(\.firstOrdinal) == [1, 4])
    #expect(self.rule(recentHours: 0).candidates(packs).map(\.firstOrdinal) == [1, 2, 4])
    #expect(self.rule(recentHours: -5).candidates(packs).map(\.firstOrdinal) == [1, 2, 4])
    #expect(self.rule(recentHours: .infinity).candidates(packs).isEmpty)
  }

  @Test("A round takes the oldest packs, bounded in number and in bytes, and one at least")
  func rounds() {
    let many = (1...100).map { PackFacts.sample(UInt64($0), bytes: 10) }
    #expect(rule().candidates(many).map(\.firstOrdinal) == Array(1...64))
    let large = (1...10).map { PackFacts.sample(UInt64($0), bytes: PromotionRule.roundBytes / 3) }
    #expect(rule().candidates(large).map(\.firstOrdinal) == [1, 2, 3])
    let huge = (1...3).map { PackFacts.sample(UInt64($0), bytes: PromotionRule.roundBytes * 5) }
    #expect(rule().candidates(huge).map(\.firstOrdinal) == [1])
  }

  @Test("Over when finished, after 30 minutes of nothing, or a day after the first batch and its window")
  func over() {
    let rule = rule(recentHours: 2)
    let justNow = entry(first: now - 3 * Self.hour, last: now - 10)
    #expect(!rule.isDue([justNow], hasMore: false))
    #expect(rule.isDue([entry(first: now - 3 * Self.hour, last: now - 10, finished: now - 5)], hasMore: false))
    #expect(rule.isDue([entry(first: now - Self.hour, last: now - 30 * Self.minute)], hasMore: false))
    #expect(!rule.isDue([entry(first: now - Self.hour, last: now - 30 * Self.minute + 1)], hasMore: false))
    #expect(rule.isDue([entry(first: now - 26 * Self.hour, last: now)], hasMore: true))
    #expect(!rule.isDue([entry(first: now - 26 * Self.hour + 1, last: now)], hasMore: true))
  }

  @Test("One with more to come waits, finished or idle, until its day is over")
  func more() {
    let rule = rule(recentHours: 0)
    #expect(!rule.isDue([entry(first: now - 20 * Self.hour, last: now - 15 * Self.hour, finished: now)], hasMore: true))
    #expect(rule.isDue([entry(first: now - 24 * Self.hour, last: now - 15 * Self.hour)], hasMore: true))
  }

  @Test("All segments count: the first receipt of any, the last of any, the finish of any")
  func segments() {
    let rule = rule(recentHours: 0)
    let old = entry(first: now - 2 * Self.hour, last: now - 2 * Self.hour)
    let new = entry(first: now - Self.minute, last: now - Self.minute)
    #expect(rule.isDue([old], hasMore: false))
    #expect(!rule.isDue([old, new], hasMore: false) && !rule.isDue([new, old], hasMore: false))
    #expect(rule.isDue([entry(first: now - 2, last: now - 2, finished: now), new], hasMore: false))
    #expect(rule.isDue([new, entry(first: now - 24 * Self.hour, last: now - 20 * Self.hour)], hasMore: true))
    #expect(!rule.isDue([], hasMore: false))
  }
}
