import SegmentEngine
import Synchronization

/// SegmentEngine, through its public interface alone, with the configuration it has when nothing is said.
///
/// A site is a project. What it is to find out by itself (times, keyframes, facts of a session) is not given to it.
public final class EnginePeer: ConcurrentPeer {
  public static let name = "SegmentEngine"
  public static let settings = [
    "as in this repository, format \(ReplayStore.newestFormatVersion), default configuration",
    "one project a site, one visitor a session, policy: keep all for \(retentionDays) days",
    "recent tier zstd 3 in blocks of 256 KiB, archive zstd 10 in blocks of 4 MiB with a dictionary for each site",
  ]
  public static let notes = [
    "validates each batch and finds times, keyframes and facts by itself; the others are given them",
    "groups by itself: each client appends its batch, and is acknowledged after the fdatasync",
    "at rest its dictionaries are of the sessions for learning alone: it would train again in time, and is kept from it",
    "a day goes by retention: the date is moved to the day on which it is due, and only then the clock runs",
    "an erased session is overwritten with zeros in all files; the file keeps its length until packs are merged",
  ]
  /// Unused: clients append by themselves.
  public static let commitThreads = 1

  /// How long the policy keeps sessions, days since their last receipt: ten whole days, so that a store of ten days
  /// has one to let go when the eleventh is over.
  static let retentionDays = 10

  private let opened: Mutex<ReplayStore>
  private let folder: String
  private let date: WorldDate
  /// Whether something came that no time passed over yet.
  private let isFresh = Mutex(false)

  private var store: ReplayStore { opened.withLock { $0 } }

  private init(_ store: ReplayStore, _ folder: String, _ date: WorldDate) {
    opened = Mutex(store)
    self.folder = folder
    self.date = date
  }

  public static func open(_ folder: String) throws -> EnginePeer {
    let date = try WorldDate(besides: folder)
    let isNew = !date.isMoved
    if isNew { date.enter(0) }
    let store = try Blocking.run {
      let store = try await ReplayStore.open(folder)
      if isNew {
        try await store.setPolicy(
          Policy(otherwise: .init(name: Policy.Rule.defaultName, keep: 1, retention: .days(retentionDays))))
      }
      return store
    }
    return EnginePeer(store, folder, date)
  }

  public func append(_ batch: Batch) async throws {
    date.enter(batch.session.day)
    isFresh.withLock { $0 = true }
    let key = Self.key(batch.session)
    try await store.append(
      batch.bytes, to: key, window: batch.window, batchID: "\(batch.session.id)-\(batch.number)", visitor: key.id)
  }

  public func prepare(_ batch: Batch) -> PreparedBatch { PreparedBatch(batch) }

  public func commit(_ group: [PreparedBatch]) throws {
    try Blocking.run {
      // Those of one session in order, all sessions at once.
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for batches in Dictionary(grouping: group.map(\.batch), by: \.session).values {
          tasks.addTask { for batch in batches { try await self.append(batch) } }
        }
        try await tasks.waitForAll()
      }
    }
  }

  /// As a server's store is on the next morning: the day is over, its sessions are promoted.
  public func settle() throws {
    try Blocking.run { try await self.store.flush() }
    if isFresh.withLock({ $0 }) {
      // A session stays recent for a day after its last receipt; batches come at 08:00 and soon after.
      date.pass(to: Calendar.start(of: Calendar.day(of: date.now) + 1) + 34_200_000)
      isFresh.withLock { $0 = false }
    }
    try Blocking.run {
      while true {
        let report = try await self.store.maintain()
        if report.rewrites.isEmpty, report.departures.isEmpty, report.dictionariesRemoved.isEmpty { return }
      }
    }
  }

  /// Trains where maintenance has not done so by itself; on what is stored, which the samples are. From then on it
  /// trains no more, as it would in a server: what comes now is measured, and must not teach.
  public func train(_ samples: [[UInt8]]) throws {
    try Blocking.run {
      var trained = Set(try await self.store.dictionaries().map(\.project))
      var after: SessionPage.Position?
      repeat {
        let page = try await self.store.sessions(SessionQuery(limit: 10_000, after: after))
        for project in Set(page.sessions.map(\.key.project)) where trained.insert(project).inserted {
          _ = try await self.store.trainDictionary(project: project)
        }
        after = page.next
      } while after != nil
      var configuration = Configuration()
      configuration.trainsDictionaries = false
      try await self.store.close()
      let store = try await ReplayStore.open(self.folder, configuration: configuration)
      self.opened.withLock { $0 = store }
    }
  }

  public func events(of session: SessionRef, at time: Int64) async throws -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    let moment = Timestamp(millisecondsSince1970: Double(time))
    for try await chunk in store.playback(of: Self.key(session), at: .at(moment)) {
      pieces.append(chunk.ndjson)
      // They come in order of time, to the end of the session.
      if let last = EventTime.last(in: chunk.ndjson), last > time { break }
    }
    return pieces
  }

  public func play(_ session: SessionRef, at time: Int64) throws -> [[UInt8]] {
    try Blocking.run { try await self.events(of: session, at: time) }
  }

  public func sessions(ofDay day: Int) throws -> [SessionListing] {
    try Blocking.run { try await self.listing(ofDay: day) }
  }

  /// Newest first from the end of the day on, until one began before it. Pages grow, as the first ones may be all.
  private func listing(ofDay day: Int) async throws -> [SessionListing] {
    let from = Double(Calendar.start(of: day))
    var query = SessionQuery(to: Timestamp(millisecondsSince1970: from + Double(Calendar.day)), limit: 100)
    var found: [SessionListing] = []
    while true {
      let page = try await store.sessions(query)
      for session in page.sessions {
        let start = (session.start ?? session.firstReceived).millisecondsSince1970
        if start < from { return found }
        found.append(
          SessionListing(
            id: session.key.id, first: session.start.map { Int64($0.millisecondsSince1970) },
            last: session.end.map { Int64($0.millisecondsSince1970) }, events: Int(session.events),
            rawBytes: Int(session.rawBytes)))
      }
      guard let next = page.next else { return found }
      query.after = next
      query.limit = min(10_000, query.limit * 2)
    }
  }

  /// Lets the date come on which the day is due, and has the store let go what is due then. No other day may be.
  public func deleteDay(_ day: Int) throws {
    let due = Calendar.start(of: day + 1 + Self.retentionDays)
    guard date.now < due + Calendar.day else {
      throw PeerError("it is too late to let day \(day) go by itself: others are due too; make the store again")
    }
    date.pass(to: due + 60_000)
    _ = try Blocking.run { try await self.store.maintain([.expiry]) }
  }

  public func erase(_ session: SessionRef) throws {
    _ = try Blocking.run { try await self.store.erase(.session(Self.key(session))) }
  }

  public func close() throws {
    try date.save()
    try Blocking.run { try await self.store.close() }
  }

  /// `SITE-NUMBER` belongs to the project `SITE`.
  private static func key(_ session: SessionRef) -> SessionKey {
    let site = session.id.utf8.lastIndex(of: UInt8(ascii: "-")).map { String(session.id[..<$0]) } ?? ""
    return SessionKey(project: site.isEmpty ? "default" : site, id: session.id)
  }
}
