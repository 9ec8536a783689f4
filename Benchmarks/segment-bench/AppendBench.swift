import Foundation
import SegmentEngine
import SegmentFiles
import Synchronization

/// `append` from many tasks at once, beside what the disk and LZ4 allow.
enum AppendBench {
  private struct Outcome {
    var seconds: Double
    var cpu: Double
    var groups: Int
    var journalBytes: Int
  }

  static func run(_ recordings: [Recording], _ place: WorkPlace, _ report: inout Report) async throws {
    let runs: [(count: Int, target: Int, durability: Durability, goal: Double?)] = [
      (64, 96 << 20, .synced, 0.6), (1, 24 << 20, .synced, nil), (1_000, 128 << 20, .synced, nil),
      (64, 96 << 20, .buffered, nil),
    ]
    for run in runs {
      let load = Workload(recordings, sessions: run.count, target: run.target)
      try await measure(load, run.durability, goal: run.goal, place, &report)
    }
  }

  private static func measure(
    _ load: Workload, _ durability: Durability, goal: Double?, _ place: WorkPlace, _ report: inout Report
  ) async throws {
    let batches = load.interleaved
    var engine: [Outcome] = []
    var maintained: [Double] = []
    var limits: [Double] = []
    var limitsAhead: [Double] = []
    for round in 0..<place.rounds {
      let outcome = try await append(load, durability, place, maintainsItself: false)
      engine.append(outcome)
      let groupSize = Double(load.batches) / Double(max(1, outcome.groups))
      // Which of the two is the limit depends on the file system: both are run and the faster counts.
      for ahead in [0, 1 << 20] {
        let seconds = try AppendLimit.run(
          batches, depth: load.sessions.count, groupSize: groupSize, path: "\(place.folder)/limit",
          isSynced: durability == .synced, ahead: ahead)
        if ahead == 0 { limits.append(seconds) } else { limitsAhead.append(seconds) }
      }
      if round < 3 { maintained.append(try await append(load, durability, place, maintainsItself: true).seconds) }
    }
    let seconds = median(engine.map(\.seconds))
    let megabytes = Double(load.bytes) / 1e6
    let limit = min(median(limits), median(limitsAhead))
    let groupSize = Double(load.batches) / median(engine.map { Double($0.groups) })
    let name = "\(load.sessions.count) session\(load.sessions.count == 1 ? "" : "s"), \(durability)"
    report.speed(
      "append", name, megabytes / seconds, "MB/s", limit: megabytes / limit, atLeast: goal,
      "\(load.batches) batches of \(load.bytes / load.batches / 1_000) KB, \((groupSize * 10).rounded() / 10) a group; limit with 1 MiB ahead \(Int(megabytes / median(limitsAhead))), without \(Int(megabytes / median(limits)))"
    )
    report.speed("append", "  appends", Double(load.batches) / seconds, "1/s")
    report.speed(
      "append", "  with flushing in the background", megabytes / median(maintained), "MB/s", limit: megabytes / limit)
    report.cost("append", "  CPU", median(engine.map(\.cpu)) / megabytes * 1e3, "s/raw GB")
    report.cost(
      "append", "  bytes written to journals a raw byte",
      median(engine.map { Double($0.journalBytes) }) / Double(load.bytes), "")
  }

  private static func append(
    _ load: Workload, _ durability: Durability, _ place: WorkPlace, maintainsItself: Bool
  ) async throws -> Outcome {
    let layout = try place.fresh("append")
    var configuration = Configuration()
    configuration.maintainsItself = maintainsItself
    let files = CountingFiles()
    var environment = StoreEnvironment.system()
    environment.files = files
    let store = try await ReplayStore.open(layout, mode: .readWrite, configuration: configuration, environment)
    // The first group opens a journal.
    try await store.append(load.sessions[0][0].bytes, to: SessionKey(project: "p", id: "first"), origin: .imported)
    let (syncsBefore, writesBefore) = (
      files.counts.journalSyncs.load(ordering: .relaxed), files.counts.journalWrites.load(ordering: .relaxed)
    )
    let bytesBefore = files.counts.journalBytes.load(ordering: .relaxed)
    let cpu = cpuSeconds()
    let start = seconds()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, session) in load.sessions.enumerated() {
        group.addTask {
          let key = SessionKey(project: "p", id: "session-\(number)")
          for (ordinal, batch) in session.enumerated() {
            try await store.append(
              batch.bytes, to: key, window: batch.window, batchID: "\(number)-\(ordinal)", durability: durability,
              origin: .imported)
          }
        }
      }
      try await group.waitForAll()
    }
    let elapsed = seconds() - start
    let used = cpuSeconds() - cpu
    let counts = files.counts
    let groups =
      durability == .synced
      ? counts.journalSyncs.load(ordering: .relaxed) - syncsBefore
      : counts.journalWrites.load(ordering: .relaxed) - writesBefore
    let written = counts.journalBytes.load(ordering: .relaxed) - bytesBefore
    try await store.close()
    try place.remove(layout)
    return Outcome(seconds: elapsed, cpu: used, groups: groups, journalBytes: written)
  }
}
