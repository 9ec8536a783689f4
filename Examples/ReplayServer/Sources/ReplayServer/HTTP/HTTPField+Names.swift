import HTTPTypes

extension HTTPField.Name {
  /// The client's own name of a batch: sent again with it, the batch is not stored twice.
  static let batchID = named("Batch-ID")
  /// The cursor of the last event a browser has seen, sent by `EventSource` when it asks again.
  static let lastEventID = named("Last-Event-ID")
  /// Why the events do not begin where they were asked for: `lost`, `startsLater`, `noKeyframe`.
  static let replayGap = named("Replay-Gap")
  /// Bytes of a block's content when it is decompressed.
  static let replayRawLength = named("Replay-Raw-Length")
  /// The dictionary a block needs.
  static let replayDictionary = named("Replay-Dictionary")
  static let referrerPolicy = named("Referrer-Policy")
  /// Asks nginx, with `no`, not to hold back what is streamed.
  static let accelBuffering = named("X-Accel-Buffering")
  /// How the client reached the proxy in front.
  static let forwardedProtocol = named("X-Forwarded-Proto")

  private static func named(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a header") }
    return name
  }
}
