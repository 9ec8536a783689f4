/// How much a scan puts up with.
package struct ScanLimits: Hashable, Sendable {
  /// The largest event, bytes.
  package var maximumEventBytes: Int
  /// Brackets open at a time within an event, itself counted; at most 4,096 whatever is asked for.
  package var maximumDepth: Int
  /// Rejected elements that are listed one by one; more are only counted.
  package var maximumListedRejections: Int

  /// Limits; the defaults suit real recordings and keep memory bounded on hostile input.
  package init(
    maximumEventBytes: Int = 64 << 20, maximumDepth: Int = 4_096, maximumListedRejections: Int = 1_000
  ) {
    precondition(maximumEventBytes > 0 && maximumDepth > 0 && maximumListedRejections >= 0)
    self.maximumEventBytes = maximumEventBytes
    self.maximumDepth = maximumDepth
    self.maximumListedRejections = maximumListedRejections
  }
}
