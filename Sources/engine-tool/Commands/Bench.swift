import ArgumentParser
import Foundation

/// Measures on anyone's own recordings what the engine and others make of them.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how small and how fast the engine, gzip, LZ4 and zstd make your own recordings.",
    discussion: """
      Takes files as import does, one a session, or folders with such files (.ndjson or .json, plain, .gz or .zst, at \
      any depth). Sessions are sorted by name: dictionaries are trained on the first part, and all methods are measured \
      on the rest, which no dictionary has seen. Give recordings of one site at a time, as a dictionary is one site's.

      The engine is measured in a store of its own, made in a folder for temporary files and removed afterwards. Every \
      session is decompressed and compared with its file by every method. Speeds are processor time of one thread, \
      without reading files; a round of over 0.2 s is not repeated. With --json one object.
      """)

  @Argument(help: "Recordings, or folders of recordings.")
  var files: [String]

  @Option(help: ArgumentHelp("The part of the sessions that dictionaries are trained on.", valueName: "0-1"))
  var trainShare = 0.7

  @Option(help: ArgumentHelp("Train on the first n sessions of that part only.", valueName: "n"))
  var train: Int?

  @Option(help: ArgumentHelp("Best of n rounds.", valueName: "n"))
  var rounds = 3

  @Option(help: ArgumentHelp("How many sessions share the bytes of a dictionary.", valueName: "n"))
  var sessionsPerDictionary = 1_000

  @Option(help: ArgumentHelp("Project the bytes of n sessions a day.", valueName: "n"))
  var sessionsPerDay = 1_000

  @Option(help: ArgumentHelp("Project the bytes of n days.", valueName: "n"))
  var days = 30

  @Option(help: ArgumentHelp("The folder to make the engine's store in.", valueName: "dir"))
  var work: String?

  @Option(help: ArgumentHelp("Also write a page with charts, which needs no network.", valueName: "file"))
  var html: String?

  @Flag(help: "One JSON object.")
  var json = false

  func validate() throws {
    if !(trainShare >= 0 && trainShare < 1) { throw ValidationError("--train-share must be from 0 to below 1") }
    if let train, train < 0 { throw ValidationError("--train must not be negative") }
    let positive = [
      ("--rounds", rounds, 1_000), ("--sessions-per-dictionary", sessionsPerDictionary, 1_000_000_000),
      ("--sessions-per-day", sessionsPerDay, 1_000_000_000), ("--days", days, 100_000),
    ]
    for (name, value, limit) in positive where !(1...limit).contains(value) {
      throw ValidationError("\(name) must be 1 to \(limit)")
    }
  }

  func run() async throws {
    let report = try await measure()
    // Before the table: a page that cannot be written is told by the status alone.
    if let html { try write(ReportPage(report).text, to: html) }
    if json { try Standard.print(report.document) } else { try Standard.print(report.text) }
  }

  private func measure() async throws -> BenchReport {
    let sessions = try survey(try BenchFiles.paths(files))
    let split = BenchSplit(sessions, share: trainShare, limit: train)
    var notes: [String] = []
    if sessions.count < 2 {
      notes.append("of a single session none is left to train on: there are no rows with a dictionary")
    } else if split.training.isEmpty {
      notes.append("no session was to be trained on: there are no rows with a dictionary")
    }
    let meter = Meter(rounds: rounds)
    // First the engine: it alone looks into the files, and refuses what holds no events.
    let engine = try await EngineRows(
      meter: meter, sessionsPerDictionary: sessionsPerDictionary,
      work: work ?? FileManager.default.temporaryDirectory.path
    ).rows(split)
    let rows = try CodecRows(meter: meter, sessionsPerDictionary: sessionsPerDictionary).rows(split, notes: &notes)
    return BenchReport(
      split: split, sessions: sessions.count, rawBytes: sessions.rawBytes, rows: rows + engine, notes: notes,
      rounds: rounds, sessionsPerDay: sessionsPerDay, days: days, sessionsPerDictionary: sessionsPerDictionary,
      machine: .current(), measured: Date().timeIntervalSince1970 * 1_000)
  }

  /// Reads every file once.
  private func survey(_ paths: [String]) throws -> [BenchSession] {
    let progress = Progress("read", total: try paths.reduce(0) { try $0 + InputFile.size(of: $1) })
    defer { progress.hide() }
    return try paths.map { path in
      let session = try BenchSession(path)
      progress.add(Int(session.fileBytes))
      return session
    }
  }

  private func write(_ text: String, to path: String) throws {
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) } catch {
      throw Failure(.failed, "\(path) cannot be written: \(error.localizedDescription)")
    }
  }
}
