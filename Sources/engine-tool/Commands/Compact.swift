import ArgumentParser
import SegmentEngine

/// Does the maintenance that is due.
struct Compact: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Does the maintenance that is due: expiry, budgets, flush, promotion, merging, dictionaries.",
    discussion: """
      With --dry-run it says what is due, why, and what that would read, write and free. \
      Safe beside a process that writes, which does the same by itself. Each step is committed by itself: what is \
      interrupted is done again, or not, and nothing is lost. With --json one object.
      """)

  @OptionGroup var options: StoreOptions
  @OptionGroup var tiers: TierOptions

  @Option(help: ArgumentHelp("Read no more of packs than this a second; 0: no limit.", valueName: "bytes"))
  var bytesPerSecond = 0

  @Flag(help: "Only say what would be done.")
  var dryRun = false

  @Flag(help: "Do not train dictionaries.")
  var noTraining = false

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    var configuration = try tiers.configuration()
    configuration.trainsDictionaries = !noTraining
    guard bytesPerSecond >= 0 else { throw ValidationError("--bytes-per-second cannot be negative") }
    configuration.maintenanceBytesPerSecond = bytesPerSecond
    try await options.withStore(.maintenance, configuration) { store in
      let info = try await store.info()
      let total = info.recentPacks.bytes + info.archivePacks.bytes
      let progress = Progress("compact")
      defer { progress.hide() }
      let report = try await store.maintain(dryRun: dryRun) { done in progress.set(done, of: max(done, total)) }
      progress.hide()
      if json { return try Standard.print(MaintenanceOutput.document(report, isDryRun: dryRun)) }
      try Standard.print(MaintenanceOutput.text(report, isDryRun: dryRun))
    }
  }
}

/// How the tiers are made.
struct TierOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long sessions stay in the recent tier, unless the policy says. (default: 24)", valueName: "hours"))
  var recentHours: Double?

  @Option(help: ArgumentHelp("zstd level of the archive.", valueName: "level"))
  var archiveLevel: Int?

  func configuration() throws -> Configuration {
    var configuration = Configuration()
    if let recentHours {
      guard recentHours.isFinite, recentHours >= 0 else {
        throw ValidationError("--recent-hours takes a number that is not negative")
      }
      configuration.recentHours = recentHours
    }
    if let archiveLevel {
      guard (1...22).contains(archiveLevel) else { throw ValidationError("--archive-level takes 1 to 22") }
      configuration.archiveLevel = archiveLevel
    }
    return configuration
  }
}
