/// What one look at an event found.
package struct ScannedEvent: Hashable, Sendable {
  /// Offset of its first byte in the batch.
  package var offset: Int
  /// Bytes from its first to its last, without white space around it.
  package var length: Int
  /// Milliseconds since 1970; of events packed whole into a string, the time of receipt.
  package var timestamp: Double
  /// The rrweb `type`, 0-65,535; -1 where the event is packed whole into a string.
  package var type: Int32
  /// Its kind.
  package var kind: EventKind
  /// What else it was found to be.
  package var flags: EventFlags

  /// An event; the offset counts from the start of its batch.
  package init(offset: Int, length: Int, timestamp: Double, type: Int32, kind: EventKind, flags: EventFlags) {
    self.offset = offset
    self.length = length
    self.timestamp = timestamp
    self.type = type
    self.kind = kind
    self.flags = flags
  }
}
