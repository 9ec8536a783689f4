import CRocksDB

/// Batches under day, session and number in RocksDB, with their times and the sessions' summaries in column families of
/// their own.
///
/// Unchecked: as the protocol says, one thread at a time calls anything but `prepare`, which uses nothing that is kept.
public final class RocksDBStore<Variant: RocksDBVariant>: Peer, @unchecked Sendable {
  public static var name: String { Variant.name }
  public static var commitThreads: Int { 1 }
  public static var settings: [String] { RocksDBSettings.lines(Variant.self) }
  public static var notes: [String] { Variant.notes }

  private var database: RocksDBDatabase?
  private let folder: String

  public static func open(_ folder: String) throws -> RocksDBStore { try RocksDBStore(folder) }

  private init(_ folder: String) throws {
    self.folder = folder
    let cache = try RocksDBCache(bytes: RocksDBSettings.cacheBytes)
    database = try RocksDBDatabase(
      folder, options: .database(),
      families: [
        .batches(Variant.self, cache: cache), .rows(cache: cache, merging: false), .rows(cache: cache, merging: true),
      ])
  }

  /// RocksDB compresses blocks, not batches.
  public func prepare(_ batch: Batch) throws -> PreparedBatch { PreparedBatch(batch) }

  public func commit(_ group: [PreparedBatch]) throws {
    try open().write { writes in
      for batch in group.map(\.batch) {
        let key = try RocksDBKeys.batch(batch.number, of: batch.session)
        writes.put(key, batch.bytes, in: .batches)
        writes.put(key, BatchTimes.record(batch), in: .times)
        writes.merge(try RocksDBKeys.session(batch.session), RocksDBSummary(batch).bytes, in: .sessions)
      }
    }
  }

  public func settle() throws {
    try open().flush()
    try open().compact()
  }

  /// RocksDB makes a dictionary for every file, of the file.
  public func train(_ samples: [[UInt8]]) throws {}

  public func play(_ session: SessionRef, at time: Int64) throws -> [[UInt8]] {
    var batches: [BatchTimes] = []
    let end = try RocksDBKeys.end(of: session)
    try RocksDBScan(open(), .times, from: RocksDBKeys.session(session), to: end).each { key, value in
      guard let times = BatchTimes(number: try RocksDBKeys.number(inBatch: key), record: value()) else {
        throw PeerError("RocksDB has damaged times of session \(session.id)")
      }
      batches.append(times)
    }
    let needed = BatchTimes.needed(batches, at: time)
    guard let first = needed.first, let last = needed.last else {
      guard batches.isEmpty else { return [] }
      throw PeerError("there is no session \(session.id)")
    }
    let numbers = Set(needed.map(\.number))
    var pieces: [[UInt8]] = []
    try RocksDBScan(
      open(), .batches, from: RocksDBKeys.batch(first.number, of: session),
      to: RocksDBKeys.batch(last.number, of: session) + [0]
    ).each { key, value in
      if numbers.contains(try RocksDBKeys.number(inBatch: key)) { pieces.append(value()) }
    }
    guard pieces.count == needed.count else {
      throw PeerError("RocksDB has times but no bytes for session \(session.id)")
    }
    return pieces
  }

  public func sessions(ofDay day: Int) throws -> [SessionListing] {
    var sessions: [SessionListing] = []
    try RocksDBScan(open(), .sessions, from: RocksDBKeys.day(day), to: RocksDBKeys.end(ofDay: day)).each { key, value in
      let id = try RocksDBKeys.id(inSession: key)
      guard let summary = RocksDBSummary(value()) else {
        throw PeerError("RocksDB has a damaged summary of session \(id)")
      }
      sessions.append(
        SessionListing(
          id: id, first: summary.first, last: summary.last, events: Int(summary.events), rawBytes: Int(summary.raw)))
    }
    return sessions
  }

  /// Durably gone first, so that a crash leaves no half of it; then files, then what shares files with other days.
  public func deleteDay(_ day: Int) throws {
    let (from, to) = try (RocksDBKeys.day(day), RocksDBKeys.end(ofDay: day))
    try open().write { $0.delete(from: from, to: to) }
    try open().deleteFiles(from: from, to: to)
    try open().flush()
    try open().compact((from, to))
    // Blob files that held other days too are written anew where much of them is garbage.
    if Variant.smallestBlob != nil, try RocksDBSettings.isWorthCollecting(open()) {
      try collectingAll { $0.compact(forced: true) }
    }
  }

  public func erase(_ session: SessionRef) throws {
    let (from, to) = try (RocksDBKeys.session(session), RocksDBKeys.end(of: session))
    try open().write { $0.delete(from: from, to: to) }
    // Logs hold the session as well until what is in memory is in tables.
    try open().flush()
    // Blob files go with the last table that refers to them: all that these tables refer to is carried over.
    if Variant.smallestBlob == nil {
      try open().compact((from, to))
    } else {
      try collectingAll { $0.compact((from, to)) }
    }
  }

  /// Compacts so that blobs are carried over whatever the age of their files, not from the oldest alone.
  private func collectingAll(_ compact: (RocksDBDatabase) -> Void) throws {
    try open().set("blob_garbage_collection_age_cutoff", "1.0")
    compact(try open())
    try open().set("blob_garbage_collection_age_cutoff", "0.25")
  }

  public func close() throws { database = nil }

  private func open() throws -> RocksDBDatabase {
    guard let database else { throw PeerError("RocksDB in \(folder) is closed") }
    return database
  }
}
