import SegmentEngine

/// Maintenance without an end.
enum Compacting {
  /// Beside a writer.
  static func run(_ path: String) async throws -> Never {
    var configuration = Configuration()
    configuration.recentHours = 0
    while true {
      let store = try await ReplayStore.open(path, mode: .maintenance, configuration: configuration)
      say("open")
      await maintain(store)
      // A store that is closed under it by an error is opened again.
      try? await store.close()
    }
  }

  /// All jobs, as long as they can be done.
  static func maintain(_ store: ReplayStore) async {
    while true {
      do {
        let report = try await store.maintain()
        if !report.rewrites.isEmpty { say("compacted \(report.rewrites.count)") }
        try await Task.sleep(for: .milliseconds(5))
      } catch let error as StoreError {
        // Another process is at it, or has just changed what this one was about to.
        guard error.isRetryable else { return say("error \(error)") }
      } catch { return }
    }
  }
}
