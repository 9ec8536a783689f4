import Foundation
import SegmentEngine

/// The storage sum people plan with: so many sessions a day kept for so many days, all of them, and a tenth with all that
/// have errors. Some days are measured at their real density; the rest is multiplication, and said to be.
enum StorageBench {
  private struct Measured {
    var sessions = 0
    var withErrors = 0
    var raw = 0.0
    var use: DiskUse
    var recentSessions = 0
    var keptSessions = 0
    var recentRaw = 0.0
    var archiveRaw = 0.0
    var recentPacks = 0
    var archivePacks = 0

    var decided: Int { sessions - recentSessions }

    /// Bytes on the disk after so many sessions, of which `scale` times as many as here come in a day: what archive, catalog
    /// and the lists of what is gone take a session is multiplied, the recent tier is one day of either density, and the
    /// rest is there once.
    func bytes(after all: Int, scale: Int) -> Double {
      let growing = Double(use.archive + use.catalog + use.gone) / Double(max(1, decided))
      let daily = Double(use.recent + use.journals) * Double(scale)
      return daily + growing * Double(all - scale * recentSessions) + Double(use.dictionaries + use.others)
    }
  }

  static func run(_ options: ProgramOptions, _ place: WorkPlace, _ report: inout Report) async throws {
    let sites = try Site.large(options.recordings)
    let (perDay, days) = (max(1, options["sessions-per-day"] / options["scale"]), options["measured-days"])
    guard days >= 2 else { throw BenchError("at least 2 days have to be measured: one is recent, the others archived") }
    let all = options["sessions-per-day"] * options["days"]
    var sums: [(name: String, gigabytes: Double)] = []
    var rawSession = 0.0
    for (name, policy) in [("keep all", Policy.keepAll), ("sampled", Policy.sampled)] {
      let layout = try place.fresh("storage")
      let one = try await measure(sites, policy, perDay, days, errors: options["error-percent"], layout)
      try place.remove(layout)
      let inFull = one.bytes(after: all, scale: options["scale"]) / 1e9
      rawSession = one.raw / Double(one.sessions)
      print(one, name, days, perDay, &report)
      report.cost(
        "storage", "\(name): \(options["days"]) days, multiplied", inFull, "GB",
        limit: rawSession * Double(all) / 1e9,
        "limit: raw; \(all) sessions, what archive, catalog and lists take a session times as many")
      sums.append((name == "sampled" ? "10 % and all with errors" : name, inFull))
    }
    if !options.isJSON { printSum(sums, rawSession, all, options) }
  }

  private static func measure(
    _ sites: [Site], _ policy: Policy, _ perDay: Int, _ days: Int, errors: Int, _ layout: Layout
  ) async throws -> Measured {
    let server = try await SimulatedServer.trained(sites, layout)
    try await server.store.setPolicy(policy)
    let start = server.clock.now()
    let end = start + Double(days) * SimulatedClock.day
    let traffic = Traffic(
      sites, sessions: perDay * days, from: start, over: end - start, errorShare: Double(errors) / 100)
    try await server.take(traffic, until: end)
    try server.flush()
    try await server.maintain()
    sync()
    let packs = try server.packs()
    var measured = Measured(use: try DiskUse(layout, packs))
    measured.sessions = traffic.visits.count
    measured.withErrors = traffic.visits.count { $0.hasError }
    measured.raw = Double(server.rawBytes)
    for pack in packs {
      if pack.tier == .recent {
        measured.recentRaw += Double(pack.rawBytes)
      } else {
        measured.archiveRaw += Double(pack.rawBytes)
      }
    }
    measured.recentPacks = packs.count { $0.tier == .recent }
    measured.archivePacks = packs.count - measured.recentPacks
    measured.keptSessions = Int(packs.filter { $0.tier == .archive }.reduce(0) { $0 + $1.segments })
    let gone = Int(try await server.store.info().goneSessions)
    measured.recentSessions = measured.sessions - measured.keptSessions - gone
    try await server.close()
    return measured
  }

  private static func print(_ one: Measured, _ name: String, _ days: Int, _ perDay: Int, _ report: inout Report) {
    func megabytes(_ what: String, _ bytes: UInt64, raw: Double? = nil, _ note: String) {
      report.cost("storage", "  \(what)", Double(bytes) / 1e6, "MB", limit: raw.map { $0 / 1e6 }, note)
    }
    func each(_ bytes: UInt64, _ raw: Double, _ sessions: Int) -> String {
      let size = Double(bytes) / Double(max(1, sessions)) / 1e3
      return
        "\(sessions) sessions of \((size * 10).rounded() / 10) KB; raw / disk \((raw / Double(max(1, bytes)) * 10).rounded() / 10)"
    }
    report.cost(
      "storage", "\(name): \(days) days measured", Double(one.use.all) / 1e6, "MB", limit: one.raw / 1e6,
      "limit: raw; \(days) days of \(perDay) sessions of \((one.raw / Double(one.sessions) / 1e5).rounded() / 10) MB, \(one.withErrors) with errors"
    )
    megabytes(
      "recent tier", one.use.recent, raw: one.recentRaw,
      each(one.use.recent, one.recentRaw, one.recentSessions) + "; \(one.recentPacks) packs")
    megabytes(
      "archive", one.use.archive, raw: one.archiveRaw,
      each(one.use.archive, one.archiveRaw, one.keptSessions) + "; \(one.decided) decided on; \(one.archivePacks) packs"
    )
    megabytes("dictionaries", one.use.dictionaries, "both copies")
    megabytes("catalog", one.use.catalog, "")
    megabytes("lists of what is gone", one.use.gone, "")
    megabytes("journals", one.use.journals, "")
    megabytes("reserve, locks, mark", one.use.others, "")
  }

  private static func printSum(
    _ sums: [(name: String, gigabytes: Double)], _ rawSession: Double, _ all: Int, _ options: ProgramOptions
  ) {
    func column(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func number(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
    Swift.print(
      "\n\(options["sessions-per-day"]) sessions a day kept \(options["days"]) days, \(number(rawSession / 1e6)) MB raw a session; \(options["measured-days"]) days measured\(options["scale"] > 1 ? " at 1/\(options["scale"]) of the density" : ""), the rest multiplied\n"
    )
    Swift.print(
      "                         " + column("raw GB", 10) + column("GB on disk", 12) + column("KB a session", 14)
        + "   others plan with, at 2-3 MB raw a session")
    for (place, sum) in sums.enumerated() {
      Swift.print(
        sum.name + String(repeating: " ", count: max(0, 25 - sum.name.count))
          + column(number(rawSession * Double(all) / 1e9), 10)
          + column(number(sum.gigabytes), 12) + column(number(sum.gigabytes * 1e6 / Double(all)), 14)
          + "   " + (place == 0 ? "8-12 GB" : "under 1 GB"))
    }
  }
}
