import ArgumentParser
import SegmentEngine

/// Lists sessions.
struct Sessions: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists sessions, newest first.",
    discussion: """
      The state is finished, live (some of it is still in the journal) or stored (all is in packs). Kept by is a pin, or \
      the rule of the policy that decided.
      With --json one object a line; where there are more sessions than --limit, a last line {"schema":1,"next":...} \
      says what to give to --after.
      """)

  @OptionGroup var options: StoreOptions

  @Option(help: "Only sessions of this project.")
  var project: String?

  @Option(help: "Only sessions that end at or after this time.", transform: TimeArgument.init(parsing:))
  var from: TimeArgument?

  @Option(help: "Only sessions that start before this time.", transform: TimeArgument.init(parsing:))
  var to: TimeArgument?

  @Option(
    help: ArgumentHelp("Only sessions with this tag. May be given several times.", valueName: "key[=value]"),
    transform: TagArgument.init(parsing:))
  var tag: [TagArgument] = []

  @Option(help: ArgumentHelp("Only sessions with a page whose address matches: * any run, ? one.", valueName: "glob"))
  var url: String?

  @Flag(help: "Only sessions with errors.")
  var errors = false

  @Flag(help: "Only sessions that are pinned.")
  var pinned = false

  @Option(help: "How many to list at most, 1 to 10000.")
  var limit = 100

  @Option(help: ArgumentHelp("Go on where a listing stopped.", valueName: "position"))
  var after: String?

  @Flag(help: "One JSON object a line.")
  var json = false

  func validate() throws {
    guard (1...10_000).contains(limit) else { throw ValidationError("--limit must be 1 to 10000") }
    for time in [from, to] {
      if case .offset? = time { throw ValidationError("an offset into a session cannot choose sessions") }
    }
    if let after, SessionPage.Position(after) == nil {
      throw ValidationError("--after \(after) is not a position that a listing gave")
    }
  }

  func run() async throws {
    var query = SessionQuery(
      project: project, from: try from?.resolved(from: nil), to: try to?.resolved(from: nil), url: url,
      hasErrors: errors, isPinned: pinned, limit: limit, after: after.flatMap { SessionPage.Position($0) })
    for tag in tag { query.tags.updateValue(tag.value, forKey: tag.key) }
    try await options.withStore(.readOnly) { [query] store in
      let page = try await store.sessions(query)
      try json ? printJSON(page) : printTable(page)
    }
  }

  private func printJSON(_ page: SessionPage) throws {
    var text = ""
    for session in page.sessions {
      text += JSONValue.object([(key: "schema", value: .whole(1))] + session.members).text + "\n"
    }
    if let next = page.next { text += JSONValue.record(["next": .string(next.description)]).text + "\n" }
    try Standard.print(text)
  }

  private func printTable(_ page: SessionPage) throws {
    guard !page.sessions.isEmpty else { return try Standard.print("no sessions\n") }
    var hidden: Set<String> = []
    if page.sessions.allSatisfy({ $0.key.project == SessionOptions.defaultProject }) { hidden.insert("project") }
    if page.sessions.allSatisfy({ $0.rule == nil && !$0.isPinned }) { hidden.insert("kept by") }
    var table = Table(
      [
        "project": .left, "session": .left, "start": .left, "duration": .right, "events": .right, "raw": .right,
        "stored": .right, "ratio": .right, "state": .left, "kept by": .left, "tags": .left,
      ], without: hidden)
    for session in page.sessions {
      table.add(
        session.key.project, session.key.id, Units.time(session.start), Units.duration(session.durationMilliseconds),
        "\(session.events)", Units.bytes(session.rawBytes), Units.bytes(session.storedBytes),
        Units.ratio(session.rawBytes, session.storedBytes), session.state,
        session.isPinned ? "a pin" : session.rule ?? "-",
        session.tagList)
    }
    try Standard.print(table.text)
    if let next = page.next { try Standard.print("more: --after \(next)\n") }
  }
}
