import ArgumentParser

/// Dictionaries: what they hold, save and cost.
struct Dict: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists, shows, trains, evaluates and retires dictionaries.",
    subcommands: [DictList.self, DictShow.self, DictTrain.self, DictEvaluate.self, DictRetire.self])
}
