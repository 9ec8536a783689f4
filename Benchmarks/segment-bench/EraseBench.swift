import Foundation
import SegmentEngine
import SegmentFiles
import Synchronization

/// Erasing one session out of a store of some thousand, live, recent or archived, beside overwriting as many bytes in as many
/// files and syncing them, and beside as many writes and syncs as erasing makes.
enum EraseBench {
  private enum Tier: String, CaseIterable { case live, recent, archived }

  private struct Outcome {
    var seconds: Double
    var destroyed: Int
    var files: Int
    var written: WriteLedger.Totals
    /// The same bytes overwritten, a sync a file; and the same writes and syncs.
    var bare: Double
    var bareWrites: Double
  }

  static func run(_ options: ProgramOptions, _ place: WorkPlace, _ report: inout Report) async throws {
    let layout = try place.fresh("erase")
    let (store, ledger, targets, packs) = try await make(options, layout)
    let scratch = try Scratch("\(place.folder)/scratch")
    var outcomes: [Tier: [Outcome]] = [:]
    for round in 0..<options["erasures"] {
      for tier in Tier.allCases {
        guard let keys = targets[tier], round < keys.count else { continue }
        outcomes[tier, default: []].append(try await erase(keys[round], store, ledger, scratch))
      }
    }
    let info = try await store.info()
    for tier in Tier.allCases { print(tier, outcomes[tier] ?? [], info, packs, &report) }
    guard try await store.verify().findings.isEmpty else { throw BenchError("the store is damaged") }
    try await store.close()
    scratch.close()
    try place.remove(layout)
  }

  /// Half of the sessions archived, half recent, and as many live as a journal holds.
  private static func make(
    _ options: ProgramOptions, _ layout: Layout
  ) async throws -> (ReplayStore, WriteLedger, [Tier: [SessionKey]], Int) {
    let sites = try Site.large(options.recordings)
    guard options["sessions"] >= 6 * options["erasures"] else {
      throw BenchError("there have to be 6 sessions for each to be erased")
    }
    let server = try await SimulatedServer.trained(sites, layout)
    let start = server.clock.now()
    let hour = 3_600_000.0
    let end = start + 2 * SimulatedClock.day
    let traffic = Traffic(sites, sessions: options["sessions"], from: start, over: end - start)
    try await server.take(traffic, until: end)
    try server.flush()
    try await server.maintain()
    let packs = try server.packs().count
    try await server.close()
    var targets: [Tier: [SessionKey]] = [:]
    targets[.archived] = traffic.visits.filter { $0.start < start + 18 * hour }.map(\.key)
    targets[.recent] = traffic.visits.filter { $0.start > start + 30 * hour && $0.start < end - 4 * hour }.map(\.key)
    var configuration = ManySessions.configuration
    configuration.trainsDictionaries = false
    let ledger = WriteLedger()
    var environment = StoreEnvironment.system()
    environment.clock = ShiftedClock(now: end)
    environment.files = CountingFiles(ledger: ledger)
    let store = try await ReplayStore.open(layout, mode: .readWrite, configuration: configuration, environment)
    let live = Traffic(sites, sessions: 4 * options["erasures"], from: end, over: hour, seed: 8)
    for arrival in live.arrivals {
      let visit = live.visits[arrival.visit]
      let batch = live.batch(arrival)
      try await store.append(
        batch.bytes, to: SessionKey(project: visit.key.project, id: "live-\(visit.key.id)"), window: batch.window,
        visitor: visit.visitor, origin: .imported)
    }
    targets[.live] = live.visits.map { SessionKey(project: $0.key.project, id: "live-\($0.key.id)") }
    sync()
    return (store, ledger, targets, packs)
  }

  private static func erase(
    _ key: SessionKey, _ store: ReplayStore, _ ledger: WriteLedger, _ scratch: Scratch
  ) async throws -> Outcome {
    let before = ledger.totals
    let start = seconds()
    let receipt = try await store.erase(.session(key))
    let elapsed = seconds() - start
    let written = ledger.totals - before
    guard receipt.isComplete, receipt.sessions == 1, receipt.segments + receipt.records > 0 else {
      throw BenchError("session \(key) was not erased")
    }
    // Zeros over a journal's records are no zeros ahead.
    let destroyed = Int(receipt.bytes) + written[.journals].bytes + written[.ahead].bytes
    let files = Int(receipt.packs + receipt.journals)
    let bare = try politely { try scratch.overwrite(destroyed, writes: files, syncs: files) }
    let bareWrites = try politely { try scratch.renewAndOverwrite(written) }
    return Outcome(
      seconds: elapsed, destroyed: destroyed, files: files, written: written, bare: bare, bareWrites: bareWrites)
  }

  private static func print(
    _ tier: Tier, _ outcomes: [Outcome], _ info: StoreInfo, _ packs: Int, _ report: inout Report
  ) {
    func middle(_ value: (Outcome) -> Double) -> Double { median(outcomes.map(value)) }
    let time = middle(\.seconds) * 1e3
    report.cost(
      "erase", "a session, \(tier.rawValue)", time, "ms", limit: middle(\.bare) * 1e3,
      "of \(info.sessions) in \(packs) packs and \(info.journals.bytes / 1_000_000) MB of journals; limit: overwriting \(Int(middle { Double($0.destroyed) } / 1e3)) KB in \(Int(middle { Double($0.files) })) files, synced"
    )
    report.cost(
      "erase", "  beside its writes and syncs, bare", time, "ms", limit: middle(\.bareWrites) * 1e3,
      "\(Int(middle { Double($0.written.all.writes) })) writes, \(Int(middle { Double($0.written.syncs) })) syncs")
    report.cost(
      "erase", "  bytes written", middle { Double($0.written.all.bytes) } / 1e3, "KB",
      limit: middle { Double($0.destroyed) } / 1e3,
      "limit: what was overwritten; catalog \(Int(middle { Double($0.written[.catalog].bytes) } / 1e3)) KB, zeros over the old one among them"
    )
  }
}

/// A file to overwrite parts of.
private final class Scratch: Sendable {
  private let descriptor: Int32
  private let path: String
  private let random = Mutex(Seeded(9))
  private static let size = 64 << 20

  init(_ path: String) throws {
    self.path = path
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BenchError("\(path) cannot be written") }
    let chunk = [UInt8](repeating: 7, count: 1 << 20)
    for place in 0..<(Self.size >> 20) {
      guard unsafe pwrite(descriptor, chunk, chunk.count, off_t(place << 20)) == chunk.count else {
        throw BenchError("writing failed: error \(errno)")
      }
    }
    fsync(descriptor)
  }

  /// Seconds that so many bytes take, in so many writes at places of no order, with syncs between them.
  func overwrite(_ bytes: Int, writes: Int, syncs: Int) throws -> Double {
    let zeros = [UInt8](repeating: 0, count: bytes / max(1, writes) + 1)
    var synced = 0
    return try timed {
      for write in 0..<max(1, writes) {
        let place = Int(random.withLock { $0.next() } % UInt64(Self.size - zeros.count))
        guard unsafe pwrite(descriptor, zeros, zeros.count, off_t(place)) == zeros.count else {
          throw BenchError("writing failed: error \(errno)")
        }
        while synced < (write + 1) * syncs / max(1, writes) {
          fdatasync(descriptor)
          synced += 1
        }
      }
    }
  }

  /// Seconds that what an erasure writes takes bare: a new generation of the catalog in the place of the old one, which is
  /// overwritten, by four syncs; all else over what is there.
  func renewAndOverwrite(_ written: WriteLedger.Totals) throws -> Double {
    let half = [UInt8](repeating: 1, count: max(4_096, written[.catalog].bytes / 2))
    let (catalog, next) = (path + ".catalog", path + ".next")
    let old = unsafe open(catalog, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    let folder = unsafe open((path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
    guard old >= 0, folder >= 0, unsafe pwrite(old, half, half.count, 0) == half.count, fsync(old) == 0 else {
      throw BenchError("\(catalog) cannot be written")
    }
    defer {
      Foundation.close(old)
      Foundation.close(folder)
    }
    let renewing = try timed {
      let new = unsafe open(next, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard new >= 0, unsafe pwrite(new, half, half.count, 0) == half.count, fdatasync(new) == 0,
        unsafe rename(next, catalog) == 0, fsync(folder) == 0, fsync(folder) == 0,
        unsafe pwrite(old, half, half.count, 0) == half.count, fdatasync(old) == 0
      else { throw BenchError("\(next) cannot be written") }
      Foundation.close(new)
    }
    return renewing
      + (try overwrite(
        max(1, written.all.bytes - 2 * half.count), writes: max(1, written.all.writes - 2),
        syncs: max(1, written.syncs - 4)))
  }

  func close() {
    Foundation.close(descriptor)
    unsafe unlink(path)
    unsafe unlink(path + ".catalog")
  }
}
