/// A place in a session: the sequence of the last event that was seen.
///
/// The epoch changes when acknowledged but not yet synced (`.buffered`) events may have been lost with a machine, after
/// which sequences above the loss are given again; a cursor of an earlier epoch that points into such a loss is
/// recognised and never silently continued.
public struct Cursor: Hashable, Sendable {
  /// The epoch the event was stored in.
  public var epoch: UInt64
  /// The ordinal of the event in its session, in order of arrival, from 0.
  public var sequence: UInt64

  /// A cursor from its parts.
  public init(epoch: UInt64, sequence: UInt64) {
    self.epoch = epoch
    self.sequence = sequence
  }
}

extension Cursor: CustomStringConvertible, LosslessStringConvertible {
  /// `epoch-sequence` in decimal, fit for `Last-Event-ID`.
  public var description: String { "\(epoch)-\(sequence)" }

  /// Reads what `description` writes; nil for anything else.
  public init?(_ description: String) {
    let parts = description.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let epoch = UInt64(parts[0]), let sequence = UInt64(parts[1]) else { return nil }
    self.init(epoch: epoch, sequence: sequence)
  }
}
