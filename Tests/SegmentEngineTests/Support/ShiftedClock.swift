import SegmentFiles
import Synchronization

@testable import SegmentEngine

/// The system's clock from another hour on, and hours ahead as a test wants it.
final class ShiftedClock: EngineClock {
  /// It begins at noon of today, so that no test depends on the hour at which it runs.
  private let shift = Mutex(
    Day.milliseconds / 2 - SystemClock().now().truncatingRemainder(dividingBy: Day.milliseconds))

  func now() -> Double { SystemClock().now() + shift.withLock { $0 } }
  func monotonic() -> UInt64 { SystemClock().monotonic() }

  func advance(hours: Double) { shift.withLock { $0 += hours * 3_600_000 } }
}

extension StoreFolder {
  /// Opens the store with a clock of the test's own.
  func open(_ mode: Mode = .readWrite, _ configuration: Configuration = .small(), clock: ShiftedClock) async throws
    -> ReplayStore
  {
    var environment = StoreEnvironment.system()
    environment.clock = clock
    return try await ReplayStore.open(Layout(root: path), mode: mode, configuration: configuration, environment)
  }
}

extension Configuration {
  /// Nothing happens by itself; small blocks in both tiers, no recent window, no training.
  static func compacting(block: Int = 4_096, archiveBlock: Int = 32_768, recentHours: Double = 0) -> Configuration {
    var configuration = Configuration.small(block: block, maintainsItself: false)
    configuration.archiveBlockBytes = archiveBlock
    configuration.archiveLevel = 3
    configuration.recentHours = recentHours
    configuration.trainsDictionaries = false
    return configuration
  }
}

extension ReplayStore {
  /// Registers a dictionary for a project and puts it in force.
  @discardableResult
  func install(_ content: String, project: String, version: UInt64 = 1) throws -> Identifier {
    let facts = try DictionaryFile.install(
      Array(content.utf8), project: project, version: version, store: core.catalog.state.store, core.environment,
      core.layout)
    let after = try core.catalog.commit { _ in [.addDictionary(facts), .useDictionary(project: project, facts.id)] }
    core.settle(after)
    return facts.id
  }

  /// Packs as the catalog names them now.
  func packs(_ tier: PackFacts.Tier? = nil) throws -> [PackFacts] {
    _ = try core.catalog.refresh()
    return core.catalog.state.packs.filter { tier == nil || $0.tier == tier }
  }
}
