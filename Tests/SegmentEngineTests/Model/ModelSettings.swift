import SegmentTestSupport

@testable import SegmentEngine

/// How a store of a model run is run, and the policies it sees: drawn from its seed.
struct ModelSettings {
  let configuration: Configuration

  static let projects = ["shop", "blog/../x"]
  static let batchLimit = 64 << 10
  static let eventLimit = 16 << 10

  init(seed: UInt64) {
    var random = SplitMix64(seed: seed &+ 0x5e77)
    func pick(_ values: [Int]) -> Int { values[random.below(values.count)] }
    var configuration = Configuration()
    configuration.maintainsItself = false
    configuration.trainsDictionaries = random.once(in: 4)
    configuration.limits.batchBytes = Self.batchLimit
    configuration.limits.eventBytes = Self.eventLimit
    configuration.limits.waitingJournals = pick([2, 8])
    configuration.journalBytes = pick([8 << 10, 32 << 10, 64 << 20])
    configuration.journalSeconds = Double(pick([30, 36_000]))
    configuration.journalBytesAhead = pick([0, 8 << 10, 64 << 10])
    configuration.bufferedSyncInterval = Double(pick([0, 100, 1_000_000]))
    configuration.recentBlockBytes = pick([4 << 10, 16 << 10, 256 << 10])
    configuration.recentLevel = pick([1, 3])
    configuration.recentHours = Double(pick([0, 1, 24]))
    configuration.archiveBlockBytes = pick([4 << 10, 32 << 10, 1 << 20])
    configuration.archiveLevel = pick([1, 5])
    configuration.packBytes = pick([64 << 10, 1 << 20, 256 << 20])
    configuration.openPacks = pick([1, 128])
    self.configuration = configuration
  }

  /// The policies that a run sets. `keep` is 0 or 1, so that the model can tell what may go.
  static func policy(_ number: Int) -> Policy {
    func rule(_ name: String, _ when: Policy.Conditions, _ keep: Double, _ days: Int) -> Policy.Rule {
      .init(name: name, when: when, keep: keep, retention: .days(days))
    }
    let usual = Policy.Rule(name: "default", keep: 1, retention: .days(30))
    return switch number {
    case 0: Policy(otherwise: usual, freeBytes: 0)
    case 1: Policy(rules: [rule("dropped", .init(projects: [projects[1]]), 0, 20)], otherwise: usual, freeBytes: 0)
    case 2: Policy(rules: [rule("short", .init(errors: .init(below: 1)), 1, 3)], otherwise: usual, freeBytes: 0)
    case 3: Policy(otherwise: .init(name: "default", keep: 1, retention: .forever), freeBytes: 0)
    case 4: Policy(otherwise: usual, budgetBytes: 200 << 10, freeBytes: 0)
    case 5: Policy(otherwise: usual, projectBudgets: [projects[0]: 20 << 10], freeBytes: 0)
    default:
      Policy(
        rules: [rule("tagged", .init(isTagged: true), 1, 60)],
        otherwise: .init(name: "default", keep: 1, retention: .days(10)), recentHours: 2, freeBytes: 0)
    }
  }

  /// Whether a policy may leave out a session of a project.
  static func drops(_ policy: Int, _ project: String) -> Bool { policy == 1 && project == projects[1] }
  /// Whether a policy may let go what is kept before its time.
  static func hasBudget(_ policy: Int, _ project: String) -> Bool {
    policy == 4 || (policy == 5 && project == projects[0])
  }
  /// The shortest time that a policy keeps anything, days.
  static func shortestDays(_ policy: Int) -> Int? { [0: 30, 1: 20, 2: 3, 3: nil, 4: 30, 5: 30, 6: 10][policy] ?? 30 }
}
