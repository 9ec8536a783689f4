/// Something that those who watch a session are told.
struct TailNews: Sendable {
  enum What: Sendable {
    /// Events are stored from this sequence on; what they are, where that is at hand.
    case events(first: UInt64, count: Int, EventChunk?)
    case finished(Double)
    /// There may be more on the disk than was known.
    case somethingChanged
  }

  var key: SessionKey
  var what: What
}

/// One who watches a session: it is entered as long as this lives.
final class TailViewer: Sendable {
  let key: SessionKey
  let number: UInt64
  private let hub: TailHub

  init(hub: TailHub, key: SessionKey, number: UInt64) {
    self.hub = hub
    self.key = key
    self.number = number
  }

  deinit { hub.leave(self) }
}
