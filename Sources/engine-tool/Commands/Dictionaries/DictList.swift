import ArgumentParser
import SegmentEngine

/// Lists the dictionaries of a store.
struct DictList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the dictionaries of the store.",
    discussion: "A star marks those that new blocks use. With --json one object a line.")

  @OptionGroup var options: StoreOptions

  @Flag(help: "One JSON object a line.")
  var json = false

  func run() async throws {
    try await options.withStore(.readOnly) { store in
      let dictionaries = try await store.dictionaries()
      if json {
        for dictionary in dictionaries { try Standard.print(Self.document(dictionary)) }
        return
      }
      var table = Table([
        "": .left, "PROJECT": .left, "VERSION": .right, "DICTIONARY": .left, "CREATED": .left, "CONTENT": .right,
        "ON DISK": .right, "PACKS": .right, "IN PACKS": .right,
      ])
      for dictionary in dictionaries {
        table.add(
          dictionary.isInForce ? "*" : " ", dictionary.project, "\(dictionary.version)", dictionary.id.description,
          Units.time(dictionary.created), Units.bytes(dictionary.contentBytes), Units.bytes(dictionary.fileBytes),
          "\(dictionary.packs)", Units.bytes(dictionary.packBytes))
      }
      try Standard.print(table.text)
    }
  }

  static func document(_ dictionary: DictionaryInfo) -> JSONValue {
    .record([
      "dictionary": .string(dictionary.id.description), "project": .string(dictionary.project),
      "version": .whole(dictionary.version), "createdMs": .time(dictionary.created),
      "isInForce": .bool(dictionary.isInForce), "contentBytes": .whole(dictionary.contentBytes),
      "fileBytes": .whole(dictionary.fileBytes), "packs": .count(dictionary.packs),
      "packBytes": .whole(dictionary.packBytes), "sha256": .string(dictionary.sha256),
    ])
  }
}
