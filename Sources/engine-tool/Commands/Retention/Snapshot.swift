import ArgumentParser
import SegmentEngine

/// Makes a consistent copy.
struct Snapshot: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a consistent copy of the store, also while a server runs.",
    discussion: """
      Files are shared with the store where both lie on one volume, else copied. The copy can be read by all commands that \
      change nothing; restore makes a store of it. Remove its folder to be rid of it. With --json one object.
      """)

  @OptionGroup var options: StoreOptions

  @Argument(help: "Where to put it: a folder that is empty or does not exist.")
  var target: String

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    let path = Paths.absolute(target)
    try await options.withStore(.maintenance) { store in
      let progress = Progress("snapshot")
      defer { progress.hide() }
      let info = try await store.info()
      let total = info.recentPacks.bytes + info.archivePacks.bytes + info.journals.bytes
      let report = try await store.snapshot(to: path) { done in progress.set(done, of: max(done, total)) }
      progress.hide()
      try Standard.print(json ? report.document.text + "\n" : report.text(verb: "snapshot of"))
    }
  }
}

/// Makes a store of a snapshot.
struct Restore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a store of a snapshot, by copying it.",
    discussion: "The snapshot stays as it is. With --json one object.")

  @Argument(help: "The snapshot, a folder.")
  var snapshot: String

  @Argument(help: "Where to put the store: a folder that is empty or does not exist.")
  var target: String

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    let progress = Progress("restore")
    defer { progress.hide() }
    let report = try await ReplayStore.restore(snapshot, to: target) { done in progress.set(done, of: done) }
    progress.hide()
    try Standard.print(json ? report.document.text + "\n" : report.text(verb: "restored"))
  }
}

extension SnapshotReport {
  var document: JSONValue {
    .record([
      "timeMs": .time(time), "packs": .count(packs), "journals": .count(journals), "bytesLinked": .whole(bytesLinked),
      "bytesCopied": .whole(bytesCopied),
    ])
  }

  func text(verb: String) -> String {
    "\(verb) \(Units.time(time)): \(Units.count(UInt64(packs), "pack")), \(Units.count(UInt64(journals), "journal")), "
      + "\(Units.bytes(bytesLinked)) shared, \(Units.bytes(bytesCopied)) copied\n"
  }
}
