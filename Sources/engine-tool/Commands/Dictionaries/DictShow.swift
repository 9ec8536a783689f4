import ArgumentParser
import SegmentEngine

/// Shows what a dictionary holds.
struct DictShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows what a dictionary holds, so that you can judge it.",
    discussion: """
      Passages come the most widespread first, each with its length in bytes. They are text that enough visitors' \
      sessions have in common; --raw writes the content as it is.
      """)

  @OptionGroup var options: StoreOptions

  @Argument(help: "The dictionary, or a project for the one in force.")
  var dictionary: String

  @Option(help: ArgumentHelp("Passages to show; 0 for all.", valueName: "n"))
  var limit = 100

  @Option(help: ArgumentHelp("Characters of each passage to show; 0 for all.", valueName: "n"))
  var width = 160

  @Option(help: ArgumentHelp("Only passages that hold this text.", valueName: "text"))
  var find: String?

  @Flag(help: "Write the content as it is to standard output.")
  var raw = false

  func validate() throws {
    guard limit >= 0, width >= 0 else { throw ValidationError("--limit and --width are not negative") }
  }

  func run() async throws {
    try await options.withStore(.readOnly) { store in
      let all = try await store.dictionaries()
      guard
        let chosen = all.first(where: { $0.id.description == dictionary })
          ?? all.first(where: { $0.project == dictionary && $0.isInForce })
      else { throw Failure(.notFound, "there is no dictionary \(dictionary), and no project of that name has one") }
      let content = try await store.dictionary(chosen.id)
      if raw { return try Standard.write(content) }
      try Standard.print(facts(chosen) + passages(DictionaryPassages(content)))
    }
  }

  private func facts(_ info: DictionaryInfo) -> String {
    Table.facts([
      "dictionary": info.id.description,
      "project": "\(info.project), version \(info.version)\(info.isInForce ? ", in force" : "")",
      "created": Units.time(info.created),
      "content": "\(Units.bytes(info.contentBytes)), \(Units.bytes(info.fileBytes)) on the disk in two copies",
      "used by": "\(Units.count(UInt64(info.packs), "pack")), \(Units.bytes(info.packBytes))",
      "SHA-256": info.sha256,
    ])
  }

  private func passages(_ passages: DictionaryPassages) -> String {
    var text = ""
    if passages.tablesBytes > 0 { text += "\(passages.tablesBytes) bytes of entropy tables\n" }
    var shown = 0
    var found = 0
    for passage in passages.texts.reversed() {
      let words = String(decoding: passage, as: UTF8.self)
      if let find, !words.contains(find) { continue }
      found += 1
      if limit > 0, shown >= limit { continue }
      shown += 1
      let cut = width > 0 && words.count > width ? words.prefix(width) + " ..." : words[...]
      text += "\(passage.count): \(String(cut).printable)\n"
    }
    if found > shown { text += "... and \(found - shown) more; --limit 0 shows all\n" }
    return text
  }
}
