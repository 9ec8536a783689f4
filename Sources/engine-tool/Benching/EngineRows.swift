import Foundation
import SegmentEngine

/// Measures the engine by the engine itself: a store in a folder of its own, which goes when it is done.
struct EngineRows {
  var meter: Meter
  /// How many sessions share a dictionary.
  var sessionsPerDictionary: Int
  /// The folder to make the store in.
  var work: String

  private static let project = "bench"
  /// So much is imported between two flushes, in bytes: the journal stays small, and no session is cut.
  private static let flushBytes = 64_000_000

  /// A session and its name in the store: files in several folders may be called the same.
  private typealias Named = (session: BenchSession, key: SessionKey)

  /// One row a tier. Throws `Failure`, also where a file holds something else than rrweb events.
  func rows(_ split: BenchSplit) async throws -> [BenchRow] {
    let folder = "\(work)/segment-bench-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Failure(.failed, "no folder can be made in \(work): \(error.localizedDescription)")
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var configuration = Configuration()
    configuration.maintainsItself = false
    configuration.trainsDictionaries = false
    configuration.recentHours = 0
    configuration.logger = Logs.logger(isVerbose: false)
    let store = try await ReplayStore.open("\(folder)/store", configuration: configuration)
    do {
      let rows = try await rows(split, store, "\(folder)/store", configuration)
      try await store.close()
      return rows
    } catch {
      // The first error is the one to tell.
      try? await store.close()
      throw error
    }
  }

  /// The life of the store. Each tier is measured as soon as the measured sessions have come to it.
  private func rows(
    _ split: BenchSplit, _ store: ReplayStore, _ folder: String, _ configuration: Configuration
  ) async throws -> [BenchRow] {
    let training = Self.named(split.training, "training")
    let measured = Self.named(split.measured, "measured")
    let tiers = TierMeter(store: store, folder: folder, meter: meter)
    try await add(training, to: store)
    if !training.isEmpty {
      var options = DictionaryTraining()
      // What it weighs is told beside; a store that goes on would have more sessions to serve.
      options.isForced = true
      _ = try await store.trainDictionary(project: Self.project, options: options)
    }
    try await add(measured, to: store)
    let recent = try await row(
      "engineRecent", "this engine, recent tier", level: configuration.recentLevel, measured, tiers)
    try await store.maintain([.promotion])
    let archive = try await row(
      "engineArchive", "this engine, archive tier", level: configuration.archiveLevel, measured, tiers)
    return [recent, archive]
  }

  /// The row of the tier that the sessions are in now, whose blocks are made at `level`.
  private func row(
    _ method: String, _ name: String, level: Int, _ sessions: [Named], _ tiers: TierMeter
  ) async throws -> BenchRow {
    let stored = try await tiers.store.info().dictionaries
    let kind = stored.count > 0 ? "dictionary of whole passages" : "no dictionary"
    var row = BenchRow(method: method, name: name, detail: "blocks, level \(level), \(kind)", family: .engine)
    if stored.count > 0 {
      row.setDictionary(bytes: stored.bytes, sessions: sessionsPerDictionary, measured: sessions.count)
    }
    let progress = Progress("measure", total: sessions.map(\.session).rawBytes)
    defer { progress.hide() }
    try await tiers.measure(sessions, level: level, into: &row, progress)
    return row
  }

  private static func named(_ sessions: [BenchSession], _ part: String) -> [Named] {
    sessions.enumerated().map { ($1, SessionKey(project: project, id: "\(part)-\($0)")) }
  }

  /// Imports sessions, each a visitor of its own, and flushes them into packs.
  private func add(_ sessions: [Named], to store: ReplayStore) async throws {
    let progress = Progress("import", total: sessions.reduce(0) { $0 + $1.session.fileBytes })
    defer { progress.hide() }
    let importer = Importer(store: store, progress: progress)
    var rest = sessions[...]
    while !rest.isEmpty {
      var bytes = 0
      let group = rest.prefix { named in
        defer { bytes += named.session.bytes }
        return bytes < Self.flushBytes
      }
      rest = rest.dropFirst(group.count)
      let plans = group.map { ImportPlan(key: $0.key, visitor: $0.key.id, files: [RecordingFile($0.session.path)]) }
      try await importer.run(plans) { outcome in
        guard let failure = outcome.failure else { return }
        let path = group.first { $0.key == outcome.key }?.session.path ?? outcome.key.id
        throw Failure(failure.status, "\(path): \(failure.message)")
      }
      try await store.flush()
    }
  }
}
