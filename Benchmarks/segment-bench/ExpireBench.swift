import Foundation
import SegmentEngine
import SegmentFiles

/// Expiring many sessions beside the operations that it comes down to: one commit of the catalog and one `unlink` a pack.
/// Both on fresh copies of one store, in turn.
enum ExpireBench {
  private struct Outcome {
    var seconds: Double
    /// What `statvfs` says is free more than before.
    var freed: Int
    var catalogBytes = 0
    var syncs = 0
    var packs = 0
  }

  static func run(_ options: ProgramOptions, _ place: WorkPlace, _ report: inout Report) async throws {
    let recordings = try Recordings.load(options.recordings)
    for packMegabytes in options["pack-mb"] > 0 ? [options["pack-mb"]] : [256, 16] {
      try await measure(recordings, options, packMegabytes, place, &report)
    }
  }

  private static func measure(
    _ recordings: [Recording], _ options: ProgramOptions, _ packMegabytes: Int, _ place: WorkPlace,
    _ report: inout Report
  ) async throws {
    let layout = try place.fresh("expire")
    let sessions = options["sessions"]
    let packs = try await make(
      recordings, sessions, bytes: options["session-kb"] << 10, packBytes: packMegabytes << 20, layout)
    var engine: [Outcome] = []
    var bare: [Outcome] = []
    let copy = Layout(root: "\(place.folder)/expiring")
    // What the commit is, so that the bare one is the same.
    let trial = try await expire(layout, copy, sessions, packs, place)
    for round in 0..<place.rounds {
      if round % 2 == 0 {
        engine.append(try await expire(layout, copy, sessions, packs, place))
        bare.append(try expireBare(layout, copy, packs, catalogBytes: trial.catalogBytes, place))
      } else {
        bare.append(try expireBare(layout, copy, packs, catalogBytes: trial.catalogBytes, place))
        engine.append(try await expire(layout, copy, sessions, packs, place))
      }
    }
    let bytes = packs.reduce(0) { $0 + Int($1.fileBytes) }
    report.cost(
      "expire", "\(sessions) sessions in \(packs.count) packs", median(engine.map(\.seconds)) * 1e3, "ms",
      limit: median(bare.map(\.seconds)) * 1e3, atMost: 1.2,
      "\(bytes / 1_000_000) MB; a commit of \(trial.catalogBytes) bytes, \(trial.syncs) syncs; limit: the same commit and unlinks bare"
    )
    report.cost(
      "expire", "  space back by statvfs", median(engine.map { Double($0.freed) }) / 1e6, "MB",
      limit: median(bare.map { Double($0.freed) }) / 1e6, "limit: what the bare unlinks gave back")
    let (least, most) = (engine.map(\.seconds).min() ?? 0, engine.map(\.seconds).max() ?? 0)
    report.cost("expire", "  fastest round", least * 1e3, "ms", limit: (bare.map(\.seconds).min() ?? 0) * 1e3)
    report.cost("expire", "  slowest round", most * 1e3, "ms", limit: (bare.map(\.seconds).max() ?? 0) * 1e3)
    try place.remove(copy)
    try place.remove(layout)
  }

  private static func environment(hours: Double, _ ledger: WriteLedger? = nil) -> StoreEnvironment {
    var environment = StoreEnvironment.system()
    environment.clock = ShiftedClock(hours: hours)
    if let ledger { environment.files = CountingFiles(ledger: ledger) }
    return environment
  }

  /// A store of archived sessions of one day: a page visit each, and content that does not compress up to the size that
  /// real ones have in the archive.
  private static func make(
    _ recordings: [Recording], _ count: Int, bytes: Int, packBytes: Int, _ layout: Layout
  ) async throws -> [PackFacts] {
    var configuration = ManySessions.configuration
    configuration.packBytes = packBytes
    configuration.archiveLevel = 1
    configuration.recentHours = 0
    configuration.trainsDictionaries = false
    let writer = try StoreWriter.open(layout, configuration, .system())
    var group = Group(writer)
    var maker = SmallSessions(recordings)
    var random = Seeded(3)
    for number in 0..<count {
      var text = [UInt8](repeating: 0, count: bytes * 4 / 3)
      for place in text.indices { text[place] = Self.letters[Int(random.next() >> 58)] }
      let event =
        "{\"type\":5,\"data\":{\"tag\":\"image\",\"payload\":\"\(String(decoding: text, as: UTF8.self))\"},\"timestamp\":1795000000000}\n"
      try group.add(
        maker.next().first + Array(event.utf8), SessionKey(project: "site-\(number % 5)", id: "session-\(number)"))
      if writer.isRotationDue {
        try group.finish()
        try writer.rotate()
        try writer.flush()
      }
    }
    try group.finish()
    try writer.rotate()
    try writer.flush()
    try writer.close()
    let store = try await ReplayStore.open(
      layout, mode: .maintenance, configuration: configuration, environment(hours: 1))
    try await store.maintain([.promotion, .merge])
    try await store.close()
    let packs = try StoreCore.openForReading(layout, configuration, .system()).catalog.state.packs
    guard packs.allSatisfy({ $0.tier == .archive }), packs.reduce(0, { $0 + $1.segments }) == UInt64(count) else {
      throw BenchError("not all sessions are in the archive")
    }
    return packs
  }

  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func expire(
    _ layout: Layout, _ copy: Layout, _ sessions: Int, _ packs: [PackFacts], _ place: WorkPlace
  ) async throws -> Outcome {
    try place.copy(layout, to: copy)
    sync()
    let ledger = WriteLedger()
    // Nothing of the last month is in the store: the clock has to be believed.
    let store = try await ReplayStore.open(
      copy, mode: .maintenance, configuration: ManySessions.configuration, environment(hours: 24 * 33, ledger))
    let free = try freeBytes(copy)
    let before = ledger.totals
    let start = seconds()
    let report = try await store.maintain([.expiry], isForced: true)
    let elapsed = seconds() - start
    let written = ledger.totals - before
    let freed = try freeBytes(copy) - free
    try await store.close()
    guard report.departures.reduce(0, { $0 + $1.sessions }) == sessions,
      report.departures.reduce(0, { $0 + $1.packs }) == packs.count
    else { throw BenchError("not all sessions expired") }
    return Outcome(
      seconds: elapsed, freed: freed, catalogBytes: written[.catalog].bytes, syncs: written.syncs, packs: packs.count)
  }

  /// The mark of the catalog's lock set, a frame appended and synced, the mark cleared, packs unlinked.
  private static func expireBare(
    _ layout: Layout, _ copy: Layout, _ packs: [PackFacts], catalogBytes: Int, _ place: WorkPlace
  ) throws -> Outcome {
    try place.copy(layout, to: copy)
    sync()
    let catalog = unsafe open(copy.catalog, O_RDWR | O_CLOEXEC)
    let lock = unsafe open(copy.catalogLock, O_RDWR | O_CLOEXEC)
    guard catalog >= 0, lock >= 0 else { throw BenchError("the catalog cannot be opened") }
    defer {
      close(catalog)
      close(lock)
    }
    let end = lseek(catalog, 0, SEEK_END)
    let frame = [UInt8](repeating: 1, count: catalogBytes)
    let mark = [UInt8](repeating: 1, count: 256)
    let paths = packs.map { copy.pack($0.id) }
    let free = try freeBytes(copy)
    let elapsed = try politely {
      try timed {
        guard unsafe pwrite(lock, mark, mark.count, 0) == mark.count,
          unsafe pwrite(catalog, frame, frame.count, end) == frame.count, fdatasync(catalog) == 0,
          unsafe pwrite(lock, mark, mark.count, 0) == mark.count
        else { throw BenchError("writing failed: error \(errno)") }
        for path in paths {
          guard unsafe unlink(path) == 0 else { throw BenchError("\(path) cannot be removed") }
        }
      }
    }
    return Outcome(seconds: elapsed, freed: try freeBytes(copy) - free)
  }

  private static func freeBytes(_ layout: Layout) throws -> Int {
    Int(try POSIXFileSystem().volume(at: layout.root).freeBytes)
  }
}
