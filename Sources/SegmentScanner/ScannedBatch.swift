/// The events of a batch, in order, and what was seen of them.
package struct ScannedBatch: Sendable {
  /// The events that may be stored.
  package var events: [ScannedEvent] = []
  /// The pages visited, in order: one for each Meta event with an address.
  package var pages: [PageVisit] = []
  /// Why elements of the batch were left out, in order; the first `ScanLimits.maximumListedRejections` of them. Empty
  /// unless invalid events are skipped.
  package var rejected: [ScanError] = []
  /// How many elements of the batch were left out.
  package var rejectedCount = 0
  /// The bytes are exactly the events with one line feed between them, with or without one at the end, and no event
  /// holds a line break: they can be stored as they are.
  package var isCanonical = false

  /// A batch without events.
  package init() {}
}
