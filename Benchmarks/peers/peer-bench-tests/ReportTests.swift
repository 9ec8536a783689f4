import Testing

@testable import peer_bench

/// What the report says of figures.
struct ReportTests {
  private func row(_ better: Metric.Direction, _ goal: Metric.Goal?, engine: [Double], others: [String: Double]) -> Row
  {
    var figures = Figures()
    for value in engine { figures.add(["m": value], of: PeerList.engine) }
    for (peer, value) in others { figures.add(["m": value], of: peer) }
    return Row(
      Metric(id: "m", part: "part", title: "title", unit: "s", better: better, goal: goal), figures,
      [PeerList.engine] + others.keys.sorted())
  }

  @Test func medianStandsBesideTheBestOfTheOthers() {
    let row = row(.lower, .beats(factor: 1), engine: [1, 9, 2], others: ["a": 4, "b": 8])
    #expect(row.winner == PeerList.engine)
    #expect(row.rival == "a")
    #expect(row.ratio == 0.5)
    #expect(row.verdict == .met)
  }

  @Test func halfOfTheBestIsAskedForWhereTheFactorIsTwo() {
    #expect(row(.lower, .beats(factor: 2), engine: [2], others: ["a": 4]).verdict == .met)
    #expect(row(.lower, .beats(factor: 2), engine: [2.1], others: ["a": 4]).verdict == .missed)
  }

  @Test func higherIsJudgedTheOtherWay() {
    let row = row(.higher, .strictlyBeats(aim: 2), engine: [15], others: ["a": 10])
    #expect(row.verdict == .met)
    #expect(row.reachesAim == false)
    #expect(self.row(.higher, .strictlyBeats(aim: 2), engine: [10], others: ["a": 10]).verdict == .missed)
  }

  @Test func boundHoldsWithoutOthers() {
    #expect(row(.lower, .atMost(64), engine: [65], others: [:]).verdict == .missed)
    #expect(row(.lower, .atMost(64), engine: [64], others: [:]).verdict == .met)
  }

  @Test func nothingIsClaimedWithoutFigures() {
    let row = row(.lower, .beats(factor: 1), engine: [], others: ["a": 1])
    #expect(row.verdict == nil)
    #expect(row.verdictText == "not known")
    #expect(self.row(.lower, .beats(factor: 1), engine: [1], others: [:]).verdict == nil)
  }

  @Test(arguments: [
    (1_234.6, "1235"), (99.96, "100"), (12.34, "12.3"), (1.5, "1.5"), (0.1234, "0.123"), (0.000_04, "0"),
    (-2.25, "-2.25"),
    (.nan, "?"),
  ])
  func numbersHaveThreeDigitsThatCount(_ value: Double, _ text: String) {
    #expect(Number.text(value) == text)
  }

  @Test func quantilesAreValuesThatWereMeasured() {
    #expect(Quantile.of(Array(1...100).map(Double.init), 0.99) == 99)
    #expect(Quantile.of([], 0.5).isNaN)
  }

  @Test func medianIsTheMiddle() {
    #expect(Quantile.median([3, 1, 2]) == 2)
    #expect(Quantile.median([4, 1, 2, 9]) == 3)
    #expect(Quantile.median([]).isNaN)
  }

  @Test func phasesAreReadAsTheyAreWritten() {
    let phases: [Phase] = [
      .limits, .ingest(clients: 64), .rest, .crowd, .play, .list, .days, .delete, .erase, .fill(1_000),
      .open(1_000, isCold: true), .open(1_000, isCold: false),
    ]
    for phase in phases { #expect(Phase(phase.description) == phase) }
    #expect(Phase("open") == nil)
  }
}
