import ArgumentParser
import SegmentEngine

/// Stores recordings from files.
struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Stores recordings: NDJSON or a JSON array of rrweb events, plain, .gz or .zst.",
    discussion: """
      Makes the store where there is none. Each file becomes a session named as the file is, without .ndjson, .json, \
      .gz and .zst. With --session all files are windows of one session, named by what stands in the file's name \
      behind its last dot (shop-03.w1.ndjson: w1). NDJSON is cut into batches of at most 1 MB or 1000 events, and with \
      --rate also every 5 s of the recording; a JSON array, of at most 64 MiB, is one batch.

      --batches replays a recording with the batches and windows it was recorded with: a JSON object with batches, each \
      with receive_ms, window, first_line and lines, and, if it likes, session and windows (window, file). It may be \
      given several times; the files then belong to it by name.

      Importing the same file again adds nothing, provided that it is cut in the same way. Only the last batch of a \
      session waits for the disk, so a machine that fails may lose what the command had not yet told of.

      Sessions are finished when they are stored, unless --live or --no-finish is given. With --json one object a session.
      """)

  @OptionGroup var options: StoreOptions

  @Argument(help: "Recordings.")
  var files: [String]

  @Option(help: "The project the sessions belong to.")
  var project = SessionOptions.defaultProject

  @Option(help: "The session's ID.")
  var session: String?

  @Option(help: "The ID of the visitor who was recorded.")
  var visitor: String?

  @Flag(help: "Each session is a visitor of its own, named as it is.")
  var visitorPerFile = false

  @Option(help: "The window the events come from.")
  var window: String?

  @Option(help: ArgumentHelp("The batches of a recording.", valueName: "file"))
  var batches: [String] = []

  @Option(
    help: ArgumentHelp("Replay so many times faster than recorded, instead of as fast as it goes.", valueName: "n"))
  var rate: Double?

  @Flag(help: "Leave invalid events out, and say which, instead of refusing their batch.")
  var skipInvalid = false

  @Flag(help: "Treat the events as if they came from a browser just now, and leave the sessions unfinished.")
  var live = false

  @Flag(help: "Leave the sessions unfinished.")
  var noFinish = false

  @Flag(help: "One JSON object a session.")
  var json = false

  func validate() throws {
    if let rate, !(rate > 0 && rate.isFinite) { throw ValidationError("--rate must be more than 0") }
    if visitor != nil, visitorPerFile { throw ValidationError("give --visitor or --visitor-per-file, not both") }
  }

  func run() async throws {
    let plans = try ImportPlan.plans(
      .init(
        files: files, project: project, session: session, visitor: visitor, visitorPerFile: visitorPerFile,
        window: window, batchLists: batches))
    let total = try files.reduce(0) { try $0 + InputFile.size(of: $1) }
    let progress = Progress("import", total: total)
    defer { progress.hide() }
    var worst: ExitStatus?
    try await options.withStore(.readWrite) { store in
      let importer = Importer(
        store: store, validation: skipInvalid ? .skipInvalid : .rejectBatch, origin: live ? .live : .imported,
        finishes: !live && !noFinish, rate: rate, progress: progress)
      try await importer.run(plans) { outcome in
        progress.hide()
        try Standard.print(json ? outcome.document.text + "\n" : outcome.text)
        for complaint in outcome.complaints { Standard.complain(complaint) }
        if let failure = outcome.failure { worst = worst ?? failure.status }
      }
    }
    if let worst { throw ExitCode(worst.rawValue) }
  }
}
