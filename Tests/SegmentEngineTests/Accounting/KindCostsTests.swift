import Testing

@testable import SegmentEngine

@Suite("Stored bytes are shared out to kinds by what a sample took")
struct KindCostsTests {
  private typealias Stratum = UsageLedger.Stratum

  private func sum(_ kinds: [EventKind: UInt64], stored: UInt64) -> UsageLedger.StratumSum {
    UsageLedger.StratumSum(
      kinds: kinds.mapValues { .init(events: 1, rawBytes: $0) }, rawBytes: kinds.values.reduce(0, +),
      storedBytes: stored)
  }

  private func measure(_ kind: EventKind, _ raw: Int, _ bytes: Int) -> KindCosts.Measure {
    KindCosts.Measure(kind: kind, rawBytes: raw, bytes: bytes)
  }

  @Test("By what each kind takes apart in a block, and by how many blocks that stands for")
  func shares() {
    let stratum = Stratum(tier: .recent, project: ExactName("p"))
    let sums = [stratum: sum([.meta: 200, .input: 4_000], stored: 250)]
    var costs = KindCosts()
    costs.add([measure(.meta, 100, 50), measure(.input, 1_000, 150)], stored: 100, weight: 1, to: stratum)
    #expect(costs.estimates(sums)[.meta] == 63 && costs.estimates(sums)[.input] == 187)
    costs.add([measure(.meta, 100, 70)], stored: 25, weight: 4, to: stratum)
    #expect([.meta: 156, .input: 94] == costs.estimates(sums))
    #expect(costs.sample == .init(blocks: 2, rawBytes: 1_200))
  }

  @Test("What a stratum's sample lacks is weighed as in the tier, then as anywhere, then like the rest")
  func fallbacks() {
    let sampled = Stratum(tier: .recent, project: ExactName("a"))
    let sameTier = Stratum(tier: .recent, project: ExactName("b"))
    let otherTier = Stratum(tier: .archive, project: ExactName("a"))
    var costs = KindCosts()
    costs.add([measure(.meta, 100, 90), measure(.input, 100, 10)], stored: 100, weight: 1, to: sampled)
    for stratum in [sameTier, otherTier] {
      #expect(costs.estimates([stratum: sum([.meta: 50, .input: 50], stored: 1_000)]) == [.meta: 900, .input: 100])
    }
    // Nobody saw a custom event: 100 bytes for 200 raw ones, as of the others.
    #expect(
      costs.estimates([sampled: sum([.meta: 100, .input: 100, .custom: 200], stored: 200)])
        == [.meta: 90, .input: 10, .custom: 100])
    #expect(KindCosts().estimates([sampled: sum([.meta: 30, .custom: 10], stored: 4)]) == [.meta: 3, .custom: 1])
  }

  @Test("Whatever the numbers, the estimates add up to the stored bytes", arguments: 0..<200)
  func exact(_ seed: Int) {
    var generator = SeededGenerator(seed: seed)
    var costs = KindCosts()
    var sums: [Stratum: UsageLedger.StratumSum] = [:]
    for place in 0..<Int.random(in: 1...5, using: &generator) {
      let stratum = Stratum(tier: StoreUsage.Tier.allCases[place % 3], project: ExactName("\(place)"))
      var kinds: [EventKind: UInt64] = [:]
      for _ in 0..<Int.random(in: 1...9, using: &generator) {
        let kind = EventKind(rawValue: .random(in: 0...63, using: &generator))
        kinds[kind] = .random(in: 1...1_000_000_000_000, using: &generator)
        guard generator.once(in: 2) else { continue }
        let raw = Int.random(in: 0...5_000, using: &generator)
        costs.add(
          [measure(kind, raw, .random(in: 0...raw, using: &generator))],
          stored: .random(in: 0...raw, using: &generator),
          weight: .random(in: 1...1e6, using: &generator), to: stratum)
      }
      sums[stratum] = sum(kinds, stored: .random(in: 0...1_000_000_000_000, using: &generator))
    }
    let estimates = costs.estimates(sums)
    #expect(estimates.values.reduce(0, +) == sums.values.reduce(0) { $0 + $1.storedBytes })
  }
}
