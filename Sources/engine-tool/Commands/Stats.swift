import ArgumentParser
import SegmentEngine

/// Shows where a store's bytes are.
struct Stats: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows where the bytes are, how well they compress, and what gzip would have taken.",
    discussion: """
      Total is all that is on the disk: stored (the events, compressed), overhead (headers, indexes, journals' padding, \
      catalog) and both copies of dictionaries. Each table adds up to it; what belongs to no line of it alone is in \
      (common). Days are those (UTC) of the last receipt.
      Two things are estimated, from samples that are spread over the store and always the same for the same store: stored \
      bytes by kind of event, since a block holds events of many kinds, and what gzip -6 would have made of each session \
      as one file.
      --by rule tells what the sessions that a rule kept let one estimate of all that it decided on, each counted 1/rate \
      times, and how many it decided on in the last 400 days.
      With --project only what is that project's own. With --json one object that holds every dimension.
      """)

  /// What the bytes are told apart by.
  enum Dimension: String, CaseIterable { case project, tier, `class`, day, kind, rule }

  /// Several of them, with commas between.
  struct Dimensions: ExpressibleByArgument {
    var list: [Dimension]

    init(_ list: [Dimension]) { self.list = list }

    init?(argument: String) {
      list = []
      for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
        guard let dimension = Dimension(rawValue: String(name)) else { return nil }
        if !list.contains(dimension) { list.append(dimension) }
      }
    }

    var defaultValueDescription: String { list.map(\.rawValue).joined(separator: ",") }
  }

  @OptionGroup var options: StoreOptions

  @Option(help: ArgumentHelp("What to tell the bytes apart by: \(Self.names).", valueName: "list"))
  var by = Dimensions([.tier, .project, .kind])

  @Option(help: "Only this project.")
  var project: String?

  @Option(help: ArgumentHelp("How much NDJSON to decode for stored bytes by kind; 0: no estimate.", valueName: "bytes"))
  var kindSampleBytes = 256 << 20

  @Option(help: ArgumentHelp("How much NDJSON to compress with gzip -6; 0: no estimate.", valueName: "bytes"))
  var gzipSampleBytes = 64 << 20

  @Flag(help: "One JSON object.")
  var json = false

  private static var names: String { Dimension.allCases.map(\.rawValue).joined(separator: ", ") }

  func validate() throws {
    guard kindSampleBytes >= 0, gzipSampleBytes >= 0 else { throw ValidationError("a sample cannot be negative") }
  }

  func run() async throws {
    try await options.withStore(.readOnly) { store in
      let progress = Progress("stats")
      defer { progress.hide() }
      let sampleBytes = json || by.list.contains(.kind) ? kindSampleBytes : 0
      let usage = try await store.usage(project: project, sampleBytes: sampleBytes) { done, total in
        progress.set(done, of: total)
      }
      progress.hide()
      let gzip = try await GzipEstimate.measure(store, usage, sampleBytes: UInt64(gzipSampleBytes))
      let decisions = try await store.decisionTotals()
      if json {
        try Standard.print(UsageDocument(usage, gzip, decisions).value)
      } else {
        try Standard.print(UsageText(usage, gzip, decisions).text(by.list))
      }
      for pack in usage.unreadablePacks { Standard.complain("\(pack) cannot be read whole; see verify") }
      if !usage.unreadablePacks.isEmpty { throw ExitCode(ExitStatus.findings.rawValue) }
    }
  }
}
