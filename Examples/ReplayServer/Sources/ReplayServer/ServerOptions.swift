public import SegmentEngine

/// What a replay server is started with.
public struct ServerOptions: Sendable {
  /// The folder of the store; made where it does not exist.
  public var storePath: String
  /// The address to listen on.
  public var host = "127.0.0.1"
  /// The port to listen on; 0: one that is free.
  public var port = 8080
  /// Who may do what.
  public var access: AccessControl
  /// Where the pages find rrweb.
  public var rrweb = RrwebSource()
  /// Origins whose pages may send recordings from elsewhere, as browsers name them (`https://shop.example`); `*`: all.
  public var allowedOrigins: [String] = []
  /// Bytes of a batch, compressed or not, at most.
  public var batchBytes = 16 << 20
  /// Batches that are taken in at the same time, at most; further ones are asked to come again. With `batchBytes` it
  /// bounds the memory that senders can make the server use.
  public var uploads = 32
  /// Live streams at the same time, at most.
  public var liveStreams = 256
  /// Seconds between the comments that keep an idle live stream open.
  public var heartbeatSeconds = 15.0
  /// Milliseconds after which a browser asks again for a live stream that broke off.
  public var retryMilliseconds = 2_000
  /// Seconds that requests have to end in when the server is stopped; then they are cut off.
  public var shutdownSeconds = 20.0
  /// How the store is run.
  public var store = Configuration()

  /// Options for a store, everything else as by default.
  public init(storePath: String, access: AccessControl) {
    self.storePath = storePath
    self.access = access
  }
}
