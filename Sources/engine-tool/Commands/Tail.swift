import ArgumentParser
import SegmentEngine

/// Follows a session while it is recorded.
struct Tail: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Follows a session while it is recorded: its events to standard output, NDJSON, as they are stored.",
    discussion: """
      What is stored comes first, then what the server takes in, until the session is finished. With --json each event \
      comes with its cursor, by which --after goes on another time.
      Gaps are told on standard error; where events were lost, the exit status is 1.
      """)

  @OptionGroup var options: StoreOptions
  @OptionGroup var session: SessionOptions

  @Option(help: "Go on behind the event of this cursor (as --json gives it).")
  var after: String?

  @Flag(help: "Begin at each window's last keyframe.")
  var fromKeyframe = false

  @Flag(help: "Give each event in an object with its cursor, window, time and type.")
  var json = false

  @Flag(help: "Give what is stored now, and end.")
  var once = false

  func validate() throws { _ = try cursor() }

  func run() async throws {
    let cursor = try cursor()
    try await options.withStore(.readOnly) { store in
      let key = try await session.find(in: store).key
      let hasLost =
        once
        ? try await write(store.events(in: key, after: cursor, fromKeyframe: fromKeyframe))
        : try await write(store.tail(key, after: cursor, fromKeyframe: fromKeyframe))
      if hasLost { throw ExitCode(ExitStatus.findings.rawValue) }
    }
  }

  private func cursor() throws -> Cursor? {
    guard let after else { return nil }
    guard let cursor = Cursor(after) else {
      throw ValidationError("--after \(after) is no cursor; they look like 1-42")
    }
    return cursor
  }

  /// Writes chunks as they come. Returns true where events were lost.
  private func write<Chunks: AsyncSequence>(_ chunks: Chunks) async throws -> Bool where Chunks.Element == EventChunk {
    var hasLost = false
    for try await chunk in chunks {
      hasLost = GapNotice.tell(chunk.gapBefore) || hasLost
      try Standard.write(json ? Self.objects(chunk) : chunk.ndjson)
      if let finished = chunk.finished { Standard.complain("the session was finished at \(Units.time(finished))") }
    }
    return hasLost
  }

  private static func objects(_ chunk: EventChunk) -> [UInt8] {
    var text: [UInt8] = []
    for event in chunk.events {
      let object = JSONValue.record([
        "cursor": .string("\(event.cursor)"), "window": .string(event.window),
        "timestampMs": event.timestamp.map { .number($0.millisecondsSince1970) } ?? .null,
        "type": .number(Double(event.type)),
      ])
      // The event goes in as it is.
      text += object.text.utf8.dropLast()
      text += Array(#","event":"#.utf8)
      text += chunk.ndjson[event.bytes]
      text += Array("}\n".utf8)
    }
    return text
  }
}
