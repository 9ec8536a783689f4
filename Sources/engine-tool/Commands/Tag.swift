import ArgumentParser
import SegmentEngine

/// Sets and removes a session's tags.
struct Tag: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sets or removes tags of a session.",
    discussion: "Also beside a process that writes, which takes them over.")

  @OptionGroup var options: StoreOptions
  @OptionGroup var session: SessionOptions

  @Argument(
    help: ArgumentHelp("Tags to set.", valueName: "key=value"), transform: TagArgument.init(parsing:))
  var tags: [TagArgument] = []

  @Option(
    name: .customLong("remove"),
    help: ArgumentHelp("A tag to remove. May be given several times.", valueName: "key"))
  var removed: [String] = []

  func validate() throws {
    if tags.isEmpty, removed.isEmpty {
      throw ValidationError("give a tag to set, KEY=VALUE, or one to remove, --remove KEY")
    }
    if let tag = tags.first(where: { $0.value == nil }) {
      throw ValidationError("\(tag.key) has no value: give \(tag.key)=VALUE, or --remove \(tag.key)")
    }
    let keys = tags.map(\.key) + removed
    if Set(keys).count < keys.count { throw ValidationError("a tag is named twice") }
  }

  func run() async throws {
    var changes: [String: String?] = [:]
    for tag in tags { changes.updateValue(tag.value, forKey: tag.key) }
    for key in removed { changes.updateValue(nil, forKey: key) }
    try await options.withStore(.maintenance) { [changes] store in
      try await store.setTags(changes, on: session.find(in: store).key)
    }
  }
}
