import Synchronization

/// What is written to a store's files, by what it is for.
final class WriteLedger: Sendable {
  /// What maintenance is at, which tells packs apart.
  enum Phase: Sendable { case flush, promotion, merge, other }

  enum Kind: String, CaseIterable, Sendable {
    case journals = "journals"
    case ahead = "zeros ahead in journals"
    case flushed = "packs of the flush"
    case merged = "packs of merges"
    case promoted = "packs of promotion"
    case overwritten = "packs, anything else"
    case dictionaries = "dictionaries"
    case gone = "lists of what is gone"
    case catalog = "catalog"
    case reserve = "reserve"
    case marks = "lock records and durable mark"
    case other = "other, or given up"
  }

  struct Sum: Sendable {
    var bytes = 0
    var writes = 0
    /// Bytes of the pages that were touched, each write by itself.
    var pageBytes = 0

    static func + (a: Sum, b: Sum) -> Sum {
      Sum(bytes: a.bytes + b.bytes, writes: a.writes + b.writes, pageBytes: a.pageBytes + b.pageBytes)
    }
    static func - (a: Sum, b: Sum) -> Sum {
      Sum(bytes: a.bytes - b.bytes, writes: a.writes - b.writes, pageBytes: a.pageBytes - b.pageBytes)
    }
  }

  struct Totals: Sendable {
    var sums: [Kind: Sum] = [:]
    /// Syncs of files and folders.
    var syncs = 0

    var all: Sum { sums.values.reduce(Sum(), +) }
    subscript(_ kind: Kind) -> Sum { sums[kind] ?? Sum() }

    static func - (a: Totals, b: Totals) -> Totals {
      Totals(sums: Dictionary(uniqueKeysWithValues: a.sums.map { ($0, $1 - b[$0]) }), syncs: a.syncs - b.syncs)
    }
  }

  private struct State {
    var phase = Phase.other
    var totals = Totals()
    /// Files with a temporary name, of which it is not yet known what they will be.
    var pending: [String: Sum] = [:]
    /// ... and that have got their own.
    var named: [String: Kind] = [:]
  }

  private let state = Mutex(State())

  /// Files that were given up on count as `other`.
  var totals: Totals {
    state.withLock { state in
      var totals = state.totals
      for sum in state.pending.values { totals.sums[.other, default: Sum()] = totals[.other] + sum }
      return totals
    }
  }

  func begin(_ phase: Phase) { state.withLock { $0.phase = phase } }

  func write(_ path: String, at offset: UInt64, _ bytes: RawSpan) {
    let count = bytes.byteCount
    let pages = (offset + UInt64(count) + 4_095) / 4_096 - offset / 4_096
    let sum = Sum(bytes: count, writes: 1, pageBytes: Int(pages) * 4_096)
    let zeros = path.hasSuffix(".journal") ? Self.trailingZeroPages(bytes) : 0
    state.withLock { state in
      guard let kind = state.named[path] ?? Self.kind(path, state.phase) else {
        state.pending[path, default: Sum()] = (state.pending[path] ?? Sum()) + sum
        return
      }
      let ahead = Sum(bytes: zeros, writes: 0, pageBytes: zeros)
      state.totals.sums[kind] = state.totals[kind] + (sum - ahead)
      if zeros > 0 { state.totals.sums[.ahead] = state.totals[.ahead] + ahead }
    }
  }

  func sync() { state.withLock { $0.totals.syncs += 1 } }

  /// A file got a name, or another.
  func name(_ old: String, _ new: String) {
    state.withLock { state in
      guard let kind = Self.kind(new, state.phase) else { return }
      state.named[old] = kind
      guard let sum = state.pending.removeValue(forKey: old) else { return }
      state.totals.sums[kind] = state.totals[kind] + sum
    }
  }

  private static func kind(_ path: String, _ phase: Phase) -> Kind? {
    if path.hasSuffix(".journal") { return .journals }
    if path.hasSuffix(".tmp") { return nil }
    if path.hasSuffix(".pack") {
      return switch phase {
      case .flush: .flushed
      case .promotion: .promoted
      case .merge: .merged
      case .other: .overwritten
      }
    }
    if path.hasSuffix(".dict") { return .dictionaries }
    if path.hasSuffix(".gone") { return .gone }
    if path.hasSuffix("/catalog") { return .catalog }
    if path.hasSuffix("/reserve") { return .reserve }
    if path.hasSuffix(".lock") || path.hasSuffix("/durable") { return .marks }
    return .other
  }

  /// Bytes of whole pages of zeros at the end: what a journal writes ahead. Groups end with less.
  private static func trailingZeroPages(_ bytes: RawSpan) -> Int {
    var end = bytes.byteCount
    while end >= 8, unsafe bytes.unsafeLoadUnaligned(fromByteOffset: end - 8, as: UInt64.self) == 0 { end -= 8 }
    return (bytes.byteCount - end) / 4_096 * 4_096
  }
}
