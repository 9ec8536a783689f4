import ArgumentParser
import SegmentEngine

/// Gives a dictionary up.
struct DictRetire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire", abstract: "Compresses everything anew that uses a dictionary, and destroys it.",
    discussion: "Safe beside a process that writes; interrupted, it can be repeated. With --json one object.")

  @OptionGroup var options: StoreOptions

  @Argument(help: "The dictionary: 32 hexadecimal digits.")
  var dictionary: String

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    guard let id = DictionaryID(dictionary) else {
      throw ValidationError("\(dictionary) is no dictionary: 32 hexadecimal digits name one")
    }
    try await options.withStore(.maintenance) { store in
      let progress = Progress("retire")
      defer { progress.hide() }
      let total = try await store.dictionaries().first { $0.id == id }?.packBytes ?? 0
      let report = try await store.retireDictionary(id) { done in progress.set(done, of: max(done, total)) }
      progress.hide()
      if json { return try Standard.print(MaintenanceOutput.document(report, isDryRun: false)) }
      try Standard.print(MaintenanceOutput.text(report, isDryRun: false))
    }
  }
}
