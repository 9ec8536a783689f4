internal import CoreMetrics
internal import SegmentFiles

/// What an operator watches, by swift-metrics; named in OPERATING.md. Free where the process has no metrics backend.
///
/// Every name begins with `segment_`; where a process has several stores their dimension `store` tells them apart.
final class StoreMetrics: Sendable {
  /// Sessions that went, by why.
  enum Departure: Int { case dropped, expired, evicted, erased }
  /// Where bytes are.
  enum Place: Int { case live, recent, archive, dictionaries }
  /// What sessions are counted by.
  enum SessionState: Int { case live, pinned, gone }

  private let commits: Counter
  private let batches: Counter
  private let events: Counter
  private let rawBytes: Counter
  private let refused: Counter
  private let syncs: Timer
  private let flushes: Counter
  private let promoted: Counter
  private let damages: Counter
  private let rewritten: Counter
  private let freeBytes: Gauge
  private let budgetBytes: Gauge
  private let packs: Gauge
  // In the order of the cases. Dictionaries, whose types are made when a process first needs them, and names by reflection
  // took a tenth of an opening.
  private let departures: [Counter]
  private let bytes: [Gauge]
  private let sessions: [Gauge]

  init(store: String) {
    let own = [("store", store)]
    func counter(_ name: String, _ more: [(String, String)] = []) -> Counter {
      Counter(label: "segment_\(name)_total", dimensions: own + more)
    }
    func gauge(_ name: String, _ more: [(String, String)] = []) -> Gauge {
      Gauge(label: "segment_\(name)", dimensions: own + more)
    }
    commits = counter("commits")
    batches = counter("batches")
    events = counter("events")
    rawBytes = counter("raw_bytes")
    refused = counter("refused_batches")
    syncs = Timer(label: "segment_sync_seconds", dimensions: own)
    flushes = counter("flushes")
    promoted = counter("promoted_sessions")
    damages = counter("damages")
    rewritten = counter("rewritten_bytes")
    freeBytes = gauge("free_bytes")
    budgetBytes = gauge("budget_bytes")
    packs = gauge("packs")
    departures = ["dropped", "expired", "evicted", "erased"].map { counter("departed_sessions", [("why", $0)]) }
    bytes = ["live", "recent", "archive", "dictionaries"].map { gauge("bytes", [("tier", $0)]) }
    sessions = ["live", "pinned", "gone"].map { gauge("sessions", [("state", $0)]) }
  }

  /// A group was committed: its batches, their events and bytes.
  func countCommit(batches: Int, events: Int, rawBytes: Int) {
    commits.increment()
    self.batches.increment(by: Int64(batches))
    self.events.increment(by: Int64(events))
    self.rawBytes.increment(by: Int64(rawBytes))
  }

  func countSync(nanoseconds: UInt64) { syncs.recordNanoseconds(Int64(clamping: nanoseconds)) }
  func countRefusal() { refused.increment() }
  func countFlush() { flushes.increment() }
  func countDamages(_ number: Int) { damages.increment(by: Int64(number)) }
  func countPromotion(kept: Int, dropped: Int) {
    promoted.increment(by: Int64(kept))
    count(.dropped, dropped)
  }
  func countRewrite(bytes: UInt64) { rewritten.increment(by: Int64(clamping: bytes)) }

  /// Gauges of the whole store; nil where there is no budget.
  func set(packs: Int, budget: UInt64?, free: UInt64?) {
    self.packs.record(Double(packs))
    if let budget { budgetBytes.record(Double(budget)) }
    if let free { freeBytes.record(Double(free)) }
  }

  /// Counts sessions that went.
  func count(_ departure: Departure, _ sessions: Int) { departures[departure.rawValue].increment(by: Int64(sessions)) }

  func set(bytes place: Place, _ value: UInt64) { bytes[place.rawValue].record(Double(value)) }

  func set(sessions state: SessionState, _ value: UInt64) { sessions[state.rawValue].record(Double(value)) }
}

extension StoreCore {
  /// Brings the gauges up to date with what the process knows; asks the volume how much is free, and reads no file.
  func observe() {
    let (state, live) = contents.withLock { ($0.catalog, $0.live.sessions) }
    func bytes(_ tier: PackFacts.Tier) -> UInt64 { state.packs.reduce(0) { $0 + ($1.tier == tier ? $1.liveBytes : 0) } }
    metrics.set(bytes: .recent, bytes(.recent))
    metrics.set(bytes: .archive, bytes(.archive))
    metrics.set(bytes: .live, live.reduce(0) { $0 + $1.session.parts.reduce(0) { $0 + $1.storedBytes } })
    metrics.set(bytes: .dictionaries, state.dictionaries.reduce(0) { $0 + 2 * $1.fileBytes })
    metrics.set(sessions: .live, UInt64(live.count))
    metrics.set(sessions: .pinned, UInt64(state.pins.count))
    metrics.set(sessions: .gone, state.gone.reduce(0) { $0 + $1.entries })
    metrics.set(
      packs: state.packs.count, budget: policy(of: state).budgetBytes,
      free: (try? environment.files.volume(at: layout.root))?.freeBytes)
  }
}
