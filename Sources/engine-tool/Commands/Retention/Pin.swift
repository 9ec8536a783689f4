import ArgumentParser
import Foundation
import SegmentEngine

/// Keeps a session.
struct Pin: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Keeps a session whatever the policy says.",
    discussion: "Also beside a process that writes. Pinned sessions are listed by sessions --pinned.")

  @OptionGroup var options: StoreOptions
  @OptionGroup var session: SessionOptions

  @Option(help: "Until when, a time to come; for good where it is not given.", transform: TimeArgument.init(parsing:))
  var until: TimeArgument?

  func validate() throws {
    switch until {
    case nil: break
    case .offset: throw ValidationError("--until takes a moment, not an offset into the session")
    case .moment(let time):
      if time <= Date.now.timeIntervalSince1970 * 1_000 { throw ValidationError("--until is past; unpin ends a pin") }
    }
  }

  func run() async throws {
    try await options.withStore(.maintenance) { store in
      let summary = try await session.find(in: store)
      try await store.pin(summary.key, until: try until?.resolved(from: summary.start))
    }
  }
}

/// Ends a pin.
struct Unpin: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lets the policy decide on a session again.",
    discussion: "Its time counts from its last receipt on: where that is past, it goes with the next maintenance.")

  @OptionGroup var options: StoreOptions
  @OptionGroup var session: SessionOptions

  func run() async throws {
    try await options.withStore(.maintenance) { store in
      try await store.unpin(session.find(in: store).key)
    }
  }
}
