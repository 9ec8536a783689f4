import ArgumentParser
import SegmentEngine

/// Lets go what has to.
struct Expire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lets sessions expire whose day has come, and keeps the budgets.",
    discussion: """
      Whole packs are unlinked; nothing is rewritten. Safe beside a process that writes, which does the same by itself. Also \
      works on a full disk. It refuses where the clock stands more than 7 days past everything in the store, as a clock may \
      be wrong and what is gone is gone. With --json one object.
      """)

  @OptionGroup var options: StoreOptions

  @Flag(help: "Only say what would go.")
  var dryRun = false

  @Flag(help: "Believe the clock.")
  var force = false

  @Flag(help: "One JSON object.")
  var json = false

  func run() async throws {
    try await options.withStore(.maintenance) { store in
      var report: MaintenanceReport
      if dryRun {
        report = try await store.maintain([.expiry, .budget], dryRun: true)
      } else {
        // Expiry alone first: where the clock is not believed it says so.
        report = try await store.maintain([.expiry], isForced: force)
        report.add(try await store.maintain([.erasure, .budget]))
      }
      if json { return try Standard.print(MaintenanceOutput.document(report, isDryRun: dryRun)) }
      try Standard.print(MaintenanceOutput.text(report, isDryRun: dryRun))
    }
  }
}
