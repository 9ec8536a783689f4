/// A peer that many callers use at once without blocking a thread each, and that groups what they bring by itself.
///
/// Where a peer is one, the harness calls `append` from a task for each client instead of making groups for it, and
/// plays by `events`: going through `commit` and `play`, which block, would measure the way there.
public protocol ConcurrentPeer: Peer {
  /// Writes a batch. When it returns the batch outlives a loss of power. Those of a session come one after the other.
  func append(_ batch: Batch) async throws

  /// As `play`.
  func events(of session: SessionRef, at time: Int64) async throws -> [[UInt8]]
}
