import ArgumentParser
import SegmentEngine

/// Says that a session is over.
struct Finish: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says that a session is over.",
    discussion: "Also beside a process that writes, which takes it over. Batches that come later are still taken.")

  @OptionGroup var options: StoreOptions
  @OptionGroup var session: SessionOptions

  func run() async throws {
    try await options.withStore(.maintenance) { store in
      try await store.finish(session.find(in: store).key)
    }
  }
}
