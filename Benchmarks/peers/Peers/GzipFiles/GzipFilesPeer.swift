import Synchronization

/// A gzip file per session in folders per day, a member per batch.
public final class GzipFilesPeer: Peer {
  public static let name = "gzip file per session"
  public static let commitThreads = 16
  public static var settings: [String] {
    [
      "zlib \(GzipMember.version) level \(level), a member per batch, one fdatasync per batch, fsync of the folder "
        + "for a new file",
      "\(commitThreads) threads commit, each its own session's batch",
    ]
  }
  public static let notes = [
    "There is no index: a listing knows names alone, and a play reads a session from its start until a batch "
      + "begins more than "
      + "\(lateness / 1000) s after the moment.",
    "What a crash left at a file's end is cut off when the file is first appended to.",
    "Erased bytes are gone with their file.",
  ]

  private static let level: Int32 = 6
  /// How much later than others of its session's batches one may be received, milliseconds.
  private static let lateness: Int64 = 60_000

  private struct Known {
    var days: Set<Int> = []
    /// Files that end with a whole member, as this process wrote their ends.
    var sound: Set<SessionRef> = []
  }

  private let folder: String
  private let known = Mutex(Known())

  public static func open(_ folder: String) throws -> GzipFilesPeer { GzipFilesPeer(folder) }

  private init(_ folder: String) { self.folder = folder }

  public func prepare(_ batch: Batch) throws -> PreparedBatch {
    PreparedBatch(batch, stored: try GzipMember.compress(batch.bytes, level: GzipFilesPeer.level))
  }

  public func commit(_ group: [PreparedBatch]) throws {
    for prepared in group { try append(prepared.stored, to: prepared.batch.session) }
  }

  /// Files are in their final form as they are written.
  public func settle() throws {}

  /// gzip has no dictionaries.
  public func train(_ samples: [[UInt8]]) throws {}

  public func play(_ session: SessionRef, at time: Int64) throws -> [[UInt8]] {
    let reader = try GzipReader(PeerFile(path(session), .read))
    var pieces: [[UInt8]] = []
    while let piece = try reader.next() {
      if let first = FirstEvent.time(of: piece), first - GzipFilesPeer.lateness > time { break }
      pieces.append(piece)
    }
    return pieces
  }

  public func sessions(ofDay day: Int) throws -> [SessionListing] {
    try PeerFolder.names(path(day: day)).compactMap { name in
      guard name.hasSuffix(".ndjson.gz") else { return nil }
      return SessionListing(id: String(name.dropLast(10)), first: nil, last: nil, events: nil, rawBytes: nil)
    }
  }

  public func deleteDay(_ day: Int) throws {
    try PeerFolder.removeFolder(path(day: day))
    known.withLock { known in
      known.days.remove(day)
      known.sound = known.sound.filter { $0.day != day }
    }
  }

  public func erase(_ session: SessionRef) throws {
    try PeerFolder.remove(path(session))
    _ = known.withLock { $0.sound.remove(session) }
    if PeerFolder.exists(path(day: session.day)) { try PeerFolder.sync(path(day: session.day)) }
  }

  public func close() throws {}

  private func append(_ member: [UInt8], to session: SessionRef) throws {
    _ = try session.checkedDay()
    // Whoever finds the folder there may rely on its entry being durable.
    try known.withLock { known in
      guard !known.days.contains(session.day) else { return }
      try PeerFolder.make(path(day: session.day))
      known.days.insert(session.day)
    }
    let file = try PeerFile(path(session), .append)
    // A write that fails leaves a part of a member; until one succeeds the end is to be looked at again.
    let sound = known.withLock { $0.sound.remove(session) != nil }
    var isNew = false
    if !sound {
      let size = try file.size()
      isNew = size == 0
      let whole = try isNew ? 0 : GzipFilesPeer.end(of: file)
      if whole < size { try file.truncate(to: whole) }
    }
    try file.append(member)
    try file.syncData()
    if isNew { try PeerFolder.sync(path(day: session.day)) }
    _ = known.withLock { $0.sound.insert(session) }
  }

  /// Where a file's last whole member ends.
  private static func end(of file: PeerFile) throws -> Int {
    let reader = try GzipReader(file)
    while try reader.next() != nil {}
    return reader.end
  }

  private func path(day: Int) -> String { "\(folder)/day-\(day)" }

  private func path(_ session: SessionRef) throws -> String {
    "\(path(day: session.day))/\(try session.checkedID()).ndjson.gz"
  }
}
