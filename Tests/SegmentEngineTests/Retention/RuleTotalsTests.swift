import SegmentTestSupport
import Testing

@testable import SegmentEngine

@Suite("Totals of decisions add up by day and rule, in order")
struct RuleTotalsTests {
  @Test(
    "They are what a dictionary of them would be, whatever comes in whatever order",
    arguments: 1...8 as ClosedRange<UInt64>)
  func sums(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var totals = RuleTotals()
    var expected: [RuleTotal.Key: RuleTotal] = [:]
    for _ in 0..<500 {
      let rule = ["errors", "long", "default", ""].randomElement(using: &random) ?? ""
      let key = RuleTotal.Key(day: .random(in: 0..<40, using: &random), rule: rule)
      var total = RuleTotal()
      total.sessions = .random(in: 0..<9, using: &random)
      total.kept = .random(in: 0..<9, using: &random)
      totals.add(total, to: key)
      expected[key, default: RuleTotal()].add(total)
    }
    #expect(totals.entries.map(\.key) == expected.keys.sorted())
    for entry in totals.entries { #expect(entry.total == expected[entry.key], "seed \(seed)") }
    #expect(totals.hasDays(before: 20))
    totals.forget(before: 20)
    #expect(totals.entries.map(\.key) == expected.keys.filter { $0.day >= 20 }.sorted())
    #expect(!totals.hasDays(before: 20) && totals.hasDays(before: 40))
  }

  @Test(
    "Rules whose names are the same to Unicode and not by their bytes are two, whichever comes first",
    arguments: [false, true])
  func exactNames(isReversed: Bool) {
    var names = ["e\u{301}", "\u{E9}"]
    if isReversed { names.reverse() }
    var totals = RuleTotals()
    for name in names + names {
      var total = RuleTotal()
      total.sessions = 1
      totals.add(total, to: .init(day: 1, rule: name))
    }
    #expect(totals.entries.map { Array($0.key.rule.utf8) } == [Array("e\u{301}".utf8), Array("\u{E9}".utf8)])
    #expect(totals.entries.map(\.total.sessions) == [2, 2])
  }

  @Test("Nothing is in them at first")
  func empty() {
    var totals = RuleTotals()
    totals.forget(before: 9)
    #expect(totals.isEmpty && !totals.hasDays(before: .max) && totals.edits.isEmpty)
  }
}
