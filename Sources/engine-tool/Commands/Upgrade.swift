import ArgumentParser
import SegmentEngine

/// Says which version of the format a store records, and which this tool could bring it to.
struct Upgrade: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings the store to the newest version of the format that this tool writes.",
    discussion: """
      Until then all processes, this tool among them, write the version that the store records, so that an older server \
      reads what a newer tool wrote beside it. Where the store records the newest one already, nothing is changed. \
      Version 1 is the only one so far. With --json one object.
      """)

  @OptionGroup var options: StoreOptions

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    // As for every command that changes something: not on snapshots, not as another user.
    try await options.withStore(.maintenance) { store in
      let recorded = try await store.info().formatVersion
      // There is no older version that one could come from: what is read is of the newest.
      let newest = ReplayStore.newestFormatVersion
      try Standard.print(
        json ? Self.document(recorded, newest).text + "\n" : Self.text(recorded, newest))
    }
  }

  private static func document(_ recorded: Int, _ newest: Int) -> JSONValue {
    .record([
      "recordedVersion": .count(recorded), "newestVersion": .count(newest), "isNewest": .bool(recorded == newest),
    ])
  }

  private static func text(_ recorded: Int, _ newest: Int) -> String {
    Table.facts([
      "recorded": "format version \(recorded)",
      "newest": "format version \(newest)",
    ]) + (recorded == newest ? "nothing to do\n" : "")
  }
}
