import ArgumentParser
import SegmentEngine

/// Trains a dictionary.
struct DictTrain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a project's dictionary on its packed sessions; adopts it where it pays.",
    discussion: "Safe beside a process that writes. With --json one object.")

  @OptionGroup var options: StoreOptions
  @OptionGroup var training: TrainingOptions

  @Flag(help: "Adopt it also where it does not pay yet.")
  var force = false

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    var settings = try training.settings()
    settings.isForced = force
    let chosen = settings
    try await options.withStore(.maintenance) { store in
      let report = try await store.trainDictionary(project: training.project, options: chosen)
      if json { return try Standard.print(MaintenanceOutput.document(report)) }
      try Standard.print(MaintenanceOutput.text(report))
    }
  }
}

/// How a dictionary is trained.
struct TrainingOptions: ParsableArguments {
  @Option(help: "The project.")
  var project = SessionOptions.defaultProject

  @Option(help: ArgumentHelp("NDJSON to sample, in MiB. (default: 256)", valueName: "MiB"))
  var sample: Int?

  @Option(help: ArgumentHelp("Largest dictionary, in KiB. (default: 16384)", valueName: "KiB"))
  var size: Int?

  @Option(help: ArgumentHelp("Visitors that must have seen a text. (default: 3)", valueName: "k"))
  var visitors: Int?

  @Flag(help: "Leave out sessions without a visitor.")
  var visitorsOnly = false

  func settings() throws -> DictionaryTraining {
    var settings = DictionaryTraining()
    if let sample {
      guard (1...4096).contains(sample) else { throw ValidationError("--sample takes 1 to 4096 MiB") }
      settings.rawBytes = sample << 20
    }
    if let size {
      guard (1...16_384).contains(size) else { throw ValidationError("--size takes 1 to 16384 KiB") }
      settings.contentBytes = size << 10
    }
    if let visitors {
      guard (2...255).contains(visitors) else { throw ValidationError("--visitors takes 2 to 255") }
      settings.visitors = visitors
      settings.unknownSessions = max(settings.unknownSessions, visitors)
    }
    settings.visitorsOnly = visitorsOnly
    return settings
  }
}
