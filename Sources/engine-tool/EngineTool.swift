import ArgumentParser
import SegmentEngine

/// The admin tool of a SegmentEngine store.
@main
struct EngineTool: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine-tool",
    abstract: "Looks into, fills and looks after a store of session recordings.",
    discussion: """
      All commands may run while another process writes to the store; only import needs it for itself.

      Times are ISO 8601 with an offset from UTC (2026-11-23T10:00:00Z, 2026-11-23T12:00+02:00, or a date for the start \
      of that day in UTC), milliseconds since 1970, or an offset into the session (+1m30s). Ranges hold their start and \
      not their end.

      Exit status: 0 well; 1 damage or findings; 3 not found; 4 failed, locked or full; 64 wrong usage.
      """,
    version: EngineVersion.text.description,
    subcommands: [
      Import.self, Sessions.self, Show.self, Export.self, Tail.self, Ranges.self, Info.self, Stats.self, Verify.self,
      Flush.self,
      Compact.self, Expire.self, PolicyCommand.self, Dict.self, Tag.self, Finish.self, Pin.self, Unpin.self, Erase.self,
      Audit.self, Snapshot.self, Restore.self, Salvage.self, Upgrade.self, Bench.self,
    ])

  /// Parses and runs. In the place of ArgumentParser's own, for the exit status and the one-line messages.
  static func main() async {
    Standard.ignoreBrokenPipes()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
  }

  private static func end(with error: any Error) -> Never {
    if error is OutputClosed { Standard.exit(0) }
    if let code = error as? ExitCode { Standard.exit(code.rawValue) }
    if let failure = Failure(error) {
      Standard.complain(failure.message)
      Standard.exit(failure.status.rawValue)
    }
    // Help and version come as errors too.
    let code = exitCode(for: error)
    if code.isSuccess { exit(withError: error) }
    Standard.complain("\(message(for: error)) (engine-tool help COMMAND tells more)")
    Standard.exit(code == .validationFailure ? ExitStatus.usage.rawValue : ExitStatus.failed.rawValue)
  }
}
