/// How a maintenance job is watched and stopped. Called by the thread that does the work.
struct MaintenanceControl: Sendable {
  /// Asked between blocks; true ends the job, which leaves the store as it was.
  var isCancelled: @Sendable () -> Bool = { false }
  /// Told of bytes that were read of packs.
  var advance: @Sendable (UInt64) -> Void = { _ in }

  /// Throws `.cancelled` where the job is to end.
  func check() throws(StoreError) {
    if isCancelled() {
      throw StoreError(.cancelled, "maintenance was stopped; what was committed stays", isRetryable: true)
    }
  }
}
