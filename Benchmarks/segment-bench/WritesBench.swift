import SegmentEngine

/// Bytes written to the disk over bytes of raw accepted, with everything counted: journals, zeros written ahead, catalog,
/// packs of flush, merges and promotion, dictionaries, reserve, lock records; keep-all, until the last session is archived.
enum WritesBench {
  static func run(_ options: ProgramOptions, _ place: WorkPlace, _ report: inout Report) async throws {
    let sites = try Site.large(options.recordings)
    let rates = options["sessions-per-day"] > 0 ? [options["sessions-per-day"]] : [1_000, 100_000]
    for rate in rates { try await measure(sites, rate, options, place, &report) }
  }

  private static func measure(
    _ sites: [Site], _ perDay: Int, _ options: ProgramOptions, _ place: WorkPlace, _ report: inout Report
  ) async throws {
    let layout = try place.fresh("writes")
    let sessions = options["sessions"]
    let server = try await SimulatedServer.trained(sites, layout, bytesAhead: options["ahead-kb"] << 10)
    let before = server.ledger.totals
    let start = server.clock.now()
    let span = Double(sessions) / Double(perDay) * SimulatedClock.day
    let traffic = Traffic(sites, sessions: sessions, from: start, over: span)
    let end = max(start + span, (traffic.arrivals.last?.time ?? 0) + 1)
    try await server.take(traffic, until: end)
    // Until the recent window of the last is past, and what was merged for it.
    try await server.pass(to: end + 28 * 3_600_000)
    let (packs, raw) = (try server.packs(), Double(server.rawBytes))
    guard packs.allSatisfy({ $0.tier == .archive }), Double(packs.reduce(0) { $0 + $1.rawBytes }) == raw else {
      throw BenchError("not all that came is in the archive")
    }
    var totals = server.ledger.totals - before
    // They were made before the count began, and are part of it.
    totals.sums[.dictionaries] = server.ledger.totals[.dictionaries]
    try await server.close()
    try place.remove(layout)
    report.cost(
      "writes", "\(perDay) sessions a day, written / raw", Double(totals.all.bytes) / raw, "", ceiling: 0.6,
      "\(sessions) sessions, \(megabytes(server.rawBytes)) raw, \(megabytes(totals.all.bytes)) written, \(totals.syncs) syncs"
    )
    for kind in WriteLedger.Kind.allCases where totals[kind].bytes > 0 {
      report.cost(
        "writes", "  \(kind.rawValue)", Double(totals[kind].bytes) / raw, "",
        kind == .ahead
          ? megabytes(totals[kind].bytes) : "\(megabytes(totals[kind].bytes)) in \(totals[kind].writes) writes")
    }
    report.cost(
      "writes", "  all in whole pages, each write by itself", Double(totals.all.pageBytes) / raw, "",
      "what reaches the disk where no page is written to twice before it is synced")
  }

  private static func megabytes(_ bytes: Int) -> String {
    bytes < 10_000_000 ? "\(Double(bytes / 10_000) / 100) MB" : "\(bytes / 1_000_000) MB"
  }
}
