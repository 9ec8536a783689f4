import SegmentEngine

/// A server whose days pass in seconds: batches come one by one at their times, journals are flushed when the engine says
/// they are due (64 MiB or 60 s), and every minute maintenance is done. All the bytes of these days are written; syncs are
/// counted and not made.
///
/// What a writing process does by itself on its threads, done in turn: `StoreWriter` ingests and flushes, a maintenance
/// handle beside it, as `engine-tool compact` has one, does the rest.
final class SimulatedServer {
  let layout: Layout
  let clock: SimulatedClock
  let ledger: WriteLedger
  /// For maintenance and for questions.
  let store: ReplayStore
  private let writer: StoreWriter
  private var nextMinute: Double
  private var minutes = 0
  private(set) var rawBytes = 0

  static let minute = 60_000.0

  init(_ layout: Layout, _ clock: SimulatedClock, bytesAhead: Int) async throws {
    self.layout = layout
    self.clock = clock
    ledger = WriteLedger()
    var configuration = Configuration()
    configuration.maintainsItself = false
    configuration.trainsDictionaries = false
    configuration.journalBytesAhead = bytesAhead
    var environment = StoreEnvironment.system()
    environment.clock = clock
    environment.files = CountingFiles(ledger: ledger, skipsSyncs: true)
    writer = try StoreWriter.open(layout, configuration, environment)
    store = try await ReplayStore.open(layout, mode: .maintenance, configuration: configuration, environment)
    nextMinute = clock.now() + Self.minute
  }

  /// Takes a batch in now.
  func append(_ batch: RecordedBatch, to key: SessionKey, visitor: String, id: String) throws {
    ledger.begin(.other)
    let prepared = try PreparedBatch(
      batch.bytes, to: key, window: batch.window, batchID: id, visitor: visitor, validation: .rejectBatch,
      durability: .synced, origin: .imported, received: clock.now(), limits: .init())
    try writer.core.prepare(key)
    for outcome in writer.commit([.batch(prepared)]) { _ = try outcome.get() }
    rawBytes += batch.bytes.count
    try flushIfDue()
  }

  /// Takes in all that comes before `end`, and lets the time pass.
  func take(_ traffic: Traffic, until end: Double) async throws {
    for arrival in traffic.arrivals where arrival.time < end {
      try await pass(to: arrival.time)
      let visit = traffic.visits[arrival.visit]
      try append(traffic.batch(arrival), to: visit.key, visitor: visit.visitor, id: "\(visit.key.id)-\(arrival.batch)")
    }
    try await pass(to: end)
  }

  /// Lets the time pass, with the maintenance of every minute.
  func pass(to time: Double) async throws {
    while nextMinute <= time {
      clock.move(to: nextMinute)
      nextMinute += Self.minute
      minutes += 1
      try flushIfDue()
      try await maintain(isHourly: minutes % 60 == 0, isDaily: minutes % 1_440 == 0)
    }
    clock.move(to: time)
  }

  /// Lets the time pass without anything happening in it.
  func skip(to time: Double) {
    clock.move(to: time)
    nextMinute = time + Self.minute
  }

  /// Promotes and merges what is due; hourly what gives space back is done too, daily the dictionaries are checked.
  func maintain(isHourly: Bool = true, isDaily: Bool = true, isForced: Bool = false) async throws {
    if isHourly {
      ledger.begin(.other)
      try await store.maintain([.expiry, .erasure, .budget], isForced: isForced)
    }
    ledger.begin(.promotion)
    try await store.maintain([.promotion], isForced: isForced)
    ledger.begin(.merge)
    try await store.maintain([.merge], isForced: isForced)
    if isDaily {
      ledger.begin(.other)
      try await store.maintain([.dictionaries])
    }
  }

  func flush() throws {
    ledger.begin(.flush)
    try writer.rotate()
    try writer.flush()
  }

  private func flushIfDue() throws {
    if writer.isRotationDue { try flush() }
  }

  /// Packs as the catalog names them now.
  func packs() throws -> [PackFacts] {
    _ = try writer.core.catalog.refresh()
    return writer.core.catalog.state.packs
  }

  func close() async throws {
    try await store.close()
    try writer.close()
  }
}

extension SimulatedServer {
  /// A server whose dictionaries are trained on the training sessions of some sites; these have expired since.
  static func trained(
    _ sites: [Site], _ layout: Layout, bytesAhead: Int = Configuration().journalBytesAhead
  ) async throws -> SimulatedServer {
    // A Monday, at midnight UTC.
    let server = try await SimulatedServer(layout, SimulatedClock(1_793_577_600_000), bytesAhead: bytesAhead)
    for site in sites {
      for recording in site.training {
        let key = SessionKey(project: site.name, id: recording.name)
        for (place, batch) in recording.batches.enumerated() {
          try server.append(batch, to: key, visitor: recording.name, id: "\(recording.name)-\(place)")
        }
      }
      try server.flush()
      server.ledger.begin(.other)
      var options = DictionaryTraining()
      options.isForced = true
      let training = try await server.store.trainDictionary(project: site.name, options: options)
      guard training.outcome == .adopted else {
        throw BenchError("no dictionary was made for \(site.name): \(training.outcome)")
      }
    }
    server.skip(to: server.clock.now() + 40 * SimulatedClock.day)
    try await server.maintain(isForced: true)
    try await server.maintain(isForced: true)
    guard try await server.store.info().rawBytes == 0 else { throw BenchError("the training sessions did not expire") }
    server.rawBytes = 0
    return server
  }
}

extension Site {
  /// The larger apps of the corpus, or whatever sites there are.
  static func large(_ folder: String) throws -> [Site] {
    let names: Set = ["adminlte", "bakery-site", "mkdocs-material", "streamlit", "wagtail-admin"]
    let sites = all(try Recordings.load(folder))
    let large = sites.filter { names.contains($0.name) }
    guard !sites.isEmpty else { throw BenchError("\(folder) has no site with 6 recordings, named SITE-NUMBER") }
    return large.isEmpty ? sites : large
  }
}
