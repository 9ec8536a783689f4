import Foundation
import Testing

/// Random operations on a store against a plain model of it. A failure prints a test to be pasted.
@Suite struct ModelTests {
  static let environment = ProcessInfo.processInfo.environment
  /// Runs of 5,000 operations each, spread over lives.
  static let runs = environment["SEGMENT_MODEL_RUNS"].flatMap(Int.init) ?? 1
  static let firstSeed = environment["SEGMENT_MODEL_SEED"].flatMap(UInt64.init) ?? 1
  static let lives = 20
  static let operationsPerLife = 250

  @Test(arguments: 0..<runs)
  func whateverIsDoneToAStoreItHoldsWhatAPlainModelHolds(_ run: Int) {
    for life in 0..<UInt64(Self.lives) {
      let seed = (Self.firstSeed &+ UInt64(run)) &* 1_000 &+ life
      var plan = ModelPlan(seed: seed)
      let operations = plan.operations(Self.operationsPerLife)
      guard let difference = ModelRun(seed: seed, operations).difference() else { continue }
      Issue.record("seed \(seed): \(difference)\n\(Self.reduced(ModelRun(seed: seed, operations)))")
    }
  }

  /// A run that fails, as short as it can be made, as a line of a test.
  static func reduced(_ run: ModelRun) -> String {
    let short = run.reduced()
    let source = short.map { "  \($0)," }.joined(separator: "\n")
    return "ModelRun(seed: \(run.seed), [\n\(source)\n]).check()\n\(run.with(short).difference() ?? "passes now")"
  }
}
