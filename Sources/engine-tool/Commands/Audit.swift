import ArgumentParser
import SegmentEngine

/// Looks for what masking should have kept out.
struct Audit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks for what masking should have kept out: e-mail addresses, card numbers, tokens.",
    discussion: """
      Masking happens in the recorder, and where it fails nothing tells so. This decodes sessions and lists by page and \
      place what looks like an e-mail address, a payment card number (card), a bearer token or a JSON web token (jwt), in \
      text, attributes, inputs, addresses, console lines, requests and events of the application's own. The values are \
      shown masked.
      It looks at the 100 newest sessions unless told otherwise. Ends with status 1 where something is found, or where \
      a session is damaged. With --json one object a place, and a last one that sums up.
      """)

  @OptionGroup var options: StoreOptions

  @Option(help: "Only sessions of this project.")
  var project: String?

  @Option(help: ArgumentHelp("Only this session. May be given several times.", valueName: "id"))
  var session: [String] = []

  @Option(help: "This many sessions, spread evenly over all. (default: the 100 newest)")
  var sample: Int?

  @Flag(help: "All sessions.")
  var all = false

  @Option(help: ArgumentHelp("What to look for: some of \(SecretKinds.names).", valueName: "list"))
  var kind = SecretKinds.all

  @Option(
    help: ArgumentHelp(
      "Leave out elements whose path, as it is listed, matches: * any run, ? one. May be given several times.",
      valueName: "glob"))
  var ignore: [String] = []

  @Option(
    help: ArgumentHelp(
      "Leave out e-mail addresses of this domain and those below it. May be given several times.", valueName: "domain"))
  var ignoreValueDomain: [String] = []

  @Flag(help: "One JSON object a line.")
  var json = false

  /// How many sessions are looked at where nothing is said.
  private static let newest = 100

  func validate() throws {
    if let sample, !(1...1_000_000).contains(sample) { throw ValidationError("--sample must be 1 to 1000000") }
    let ways = [all, sample != nil, !session.isEmpty].count { $0 }
    guard ways <= 1 else { throw ValidationError("give one of --session, --sample and --all") }
  }

  private var selection: SessionSelection {
    if !session.isEmpty { return .named(session) }
    if let sample { return .spread(sample) }
    return all ? .all : .newest(Self.newest)
  }

  func run() async throws {
    try await options.withStore(.readOnly) { store in
      let search = SecretSearch(kind.set, ignoring: ignoreValueDomain)
      var report = AuditReport(ignoring: ignore.map { Glob($0) })
      let progress = Progress("audit")
      defer { progress.hide() }
      try await selection.forEach(in: store, project: project) { targets in
        progress.expect(targets.reduce(0) { $0 + $1.rawBytes }, insteadOf: 0)
        for target in targets { try await look(at: target, in: store, search, progress, &report) }
      }
      progress.hide()
      if json {
        for object in report.objects { try Standard.print(object) }
      } else {
        try Standard.print(report.text)
      }
      if report.findings > 0 || report.damagedSessions > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
    }
  }

  private func look(
    at target: SessionSelection.Target, in store: ReplayStore, _ search: SecretSearch, _ progress: Progress,
    _ report: inout AuditReport
  ) async throws {
    var audit = EventAudit(search)
    var isDamaged = false
    report.beginSession()
    do throws(StoreError) {
      for try await chunk in store.events(in: target.key) {
        if let gap = chunk.gapBefore, gap.reason == .lost {
          progress.hide()
          Standard.complain("session \(target.key): \(gap.message)")
          isDamaged = true
        }
        audit.look(at: chunk) { report.add($0) }
        progress.add(chunk.ndjson.count)
      }
    } catch {
      switch error.code {
      // Gone since it was listed.
      case .notFound: break
      case .damaged:
        progress.hide()
        Standard.complain("session \(target.key): \(error)")
        isDamaged = true
      default: throw error
      }
    }
    report.endSession(audit.counts, isDamaged: isDamaged)
  }
}
