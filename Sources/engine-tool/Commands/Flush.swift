import ArgumentParser
import SegmentEngine

/// Moves everything from the journals into packs.
struct Flush: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Moves everything that is in journals into packs.",
    discussion: "Beside a process that writes, it asks that one to, and waits until it is done.")

  @OptionGroup var options: StoreOptions

  func run() async throws {
    try await options.withStore(.maintenance) { store in
      try await store.flush()
    }
  }
}
