import ArgumentParser
import SegmentEngine

/// What every command takes: the store, and how much to log.
struct StoreOptions: ParsableArguments {
  @Argument(help: "The store, a folder.")
  var store: String

  @Flag(name: .shortAndLong, help: "Log more, to standard error.")
  var verbose = false

  /// Opens the store, does the work and closes it whatever becomes of that.
  func withStore(
    _ mode: Mode, _ configuration: Configuration = Configuration(), _ body: (ReplayStore) async throws -> Void
  ) async throws {
    var configuration = configuration
    configuration.logger = Logs.logger(isVerbose: verbose)
    let opened = try await ReplayStore.open(store, mode: mode, configuration: configuration)
    do {
      try await body(opened)
    } catch {
      // The first error is the one to tell.
      try? await opened.close()
      throw error
    }
    try await opened.close()
  }
}
