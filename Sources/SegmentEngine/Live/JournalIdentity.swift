/// What names a journal. One object that all live sessions with something in the journal refer to: 8 bytes each, not 32.
final class JournalIdentity: Sendable {
  let id: Identifier
  let ordinal: UInt64
  let epoch: UInt64

  init(id: Identifier, ordinal: UInt64, epoch: UInt64) {
    self.id = id
    self.ordinal = ordinal
    self.epoch = epoch
  }
}
