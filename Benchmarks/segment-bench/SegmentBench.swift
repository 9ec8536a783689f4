import Foundation

/// Measures the engine beside the limits it is held against, all in one run (see Benchmarks/README.md).
@main
struct SegmentBench {
  static func main() async {
    let arguments = CommandLine.arguments.dropFirst()
    do {
      if let program = arguments.first.flatMap(Program.init(rawValue:)) {
        try await program.run(arguments.dropFirst())
      } else {
        try await run(try Options(arguments))
      }
    } catch {
      FileHandle.standardError.write(Data("segment-bench: \(error)\n".utf8))
      exit(error is Options.Wrong ? 64 : 4)
    }
  }

  private static func run(_ options: Options) async throws {
    let recordings = try Recordings.load(options.recordings)
    let place = try WorkPlace(options.work, rounds: options.rounds)
    defer { place.removeAll() }
    var report = Report(isQuiet: options.isJSON)
    report.printHeader()
    // First: what is freed by then could otherwise be taken for the sessions' memory.
    if options.wants("memory") { try LiveMemoryBench.run(recordings, place, &report) }
    if options.wants("scan") { ScanBench.run(recordings, &report) }
    if options.wants("checksum") { ChecksumBench.run(recordings, place, &report) }
    if options.wants("lz4") { try LZ4Bench.run(recordings, place, &report) }
    if options.wants("block") { try BlockBench.run(recordings, place, &report) }
    if options.wants("index") { try IndexBench.run(recordings, place, &report) }
    if options.wants("catalog") { try CatalogBench.run(place, &report) }
    if options.wants("append") { try await AppendBench.run(recordings, place, &report) }
    if options.wants("tail") { try await TailBench.run(recordings, place, &report) }
    if options.wants("fan-out") { try await FanOutBench.run(recordings, place, &report) }
    if options.wants("archive") { try await ArchiveBench.run(recordings, place, &report) }
    if ["open", "playback", "export", "recovery"].contains(where: options.wants) {
      let bytes = recordings.reduce(0) { $0 + $1.bytes }
      let many = try ManySessions.make(
        recordings, count: options.sessions, copies: max(1, (160 << 20) / max(1, bytes)), place)
      if options.wants("open") { try await OpenBench.run(many, place, &report) }
      if options.wants("playback") { try await PlaybackBench.run(many, place, &report) }
      if options.wants("export") { try await ExportBench.run(many, tool: options.tool, place, &report) }
      if options.wants("recovery") { try await RecoveryBench.run(recordings, many, place, &report) }
    }
    if options.isJSON { print(try report.json()) }
  }
}

/// The command line.
struct Options {
  struct Wrong: Error, CustomStringConvertible {
    var description: String
  }

  static let areas = [
    "memory", "scan", "checksum", "lz4", "block", "index", "catalog", "append", "tail", "fan-out", "archive", "open",
    "playback", "export", "recovery",
  ]
  static let usage =
    "usage: segment-bench [--recordings DIR] [--work DIR] [--sessions N] [--rounds N] [--tool PATH] [--json] [AREA...]\nareas: \(areas.joined(separator: " "))\n   or: segment-bench PROGRAM [--OPTION VALUE]...\nprograms: \(Program.allCases.map(\.rawValue).joined(separator: " "))"

  var recordings = "Samples/recordings"
  var work = "\(NSTemporaryDirectory())/segment-bench-\(getpid())"
  var sessions = 100_000
  var rounds = 5
  var tool: String?
  var isJSON = false
  private var chosen: Set<String> = []

  init(_ arguments: some Sequence<String>) throws {
    var rest = arguments.makeIterator()
    func value(_ option: String) throws -> String {
      guard let value = rest.next() else { throw Wrong(description: "\(option) needs a value\n\(Self.usage)") }
      return value
    }
    func number(_ option: String) throws -> Int {
      guard let number = Int(try value(option)), number > 0 else {
        throw Wrong(description: "\(option) needs a number\n\(Self.usage)")
      }
      return number
    }
    while let argument = rest.next() {
      switch argument {
      case "--recordings": recordings = try value(argument)
      case "--work": work = try value(argument) + "/segment-bench-\(getpid())"
      case "--sessions": sessions = try number(argument)
      case "--rounds": rounds = try number(argument)
      case "--tool": tool = try value(argument)
      case "--json": isJSON = true
      case _ where Self.areas.contains(argument): chosen.insert(argument)
      default: throw Wrong(description: "\(argument)?\n\(Self.usage)")
      }
    }
  }

  func wants(_ area: String) -> Bool { chosen.isEmpty || chosen.contains(area) }
}
