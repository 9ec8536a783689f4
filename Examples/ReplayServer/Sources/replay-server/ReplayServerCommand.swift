import ArgumentParser
import CoreMetrics
import Foundation
import Logging
import ReplayServer

@main
struct ReplayServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay-server", abstract: "Takes in, keeps and shows session recordings.",
    discussion: """
      Tokens are read from the environment, REPLAY_INGEST_TOKEN and REPLAY_VIEWER_TOKEN, or given as options, where other \
      users of the machine can see them. Each is 16 or more characters; the two differ.
      """)

  @Argument(help: "The folder of the store; made where it does not exist.")
  var store: String

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen on.")
  var port = 8080

  @Option(help: "What recorded pages send with; otherwise REPLAY_INGEST_TOKEN.")
  var ingestToken: String?

  @Option(help: "What those who watch and erase need; otherwise REPLAY_VIEWER_TOKEN.")
  var viewerToken: String?

  @Flag(help: "Lets everybody who reaches the server send, watch and erase.")
  var noAuth = false

  @Option(
    name: .customLong("allow-origin"),
    help: "A site whose pages may send recordings, as https://shop.example; * for all. May be repeated.")
  var allowedOrigins: [String] = []

  @Option(help: "Where rrweb is: an address, or a folder to serve it from.")
  var rrweb = RrwebSource.publicAddress

  @Option(help: "The file there that has the recorder.")
  var rrwebRecorder = "rrweb.min.js"

  @Option(help: "The file there that has the replayer: of rrweb, or of rrweb-player.")
  var rrwebPlayer = "rrweb.min.js"

  @Option(help: "The replayer's style sheet there.")
  var rrwebStyle = "rrweb.min.css"

  @Option(help: "Bytes of a batch, at most.")
  var batchBytes = 16 << 20

  @Option(help: "Batches taken in at the same time, at most.")
  var uploads = 32

  @Option(help: "Live streams at the same time, at most.")
  var liveStreams = 256

  @Option(help: "Seconds between the heartbeats of a live stream.")
  var heartbeat = 15.0

  @Option(help: "Seconds that requests in flight have to end in when the server is stopped.")
  var shutdownSeconds = 20.0

  @Option(help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel = "info"

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port goes from 0 to 65535") }
    guard (1...(128 << 20)).contains(batchBytes) else {
      throw ValidationError("--batch-bytes goes from 1 to \(128 << 20)")
    }
    guard uploads > 0, liveStreams > 0 else { throw ValidationError("--uploads and --live-streams are at least 1") }
    guard (0.1...3_600).contains(heartbeat) else { throw ValidationError("--heartbeat goes from 0.1 to 3600") }
    guard (0...3_600).contains(shutdownSeconds) else {
      throw ValidationError("--shutdown-seconds goes from 0 to 3600")
    }
    guard Logger.Level(rawValue: logLevel) != nil else { throw ValidationError("\(logLevel) is no log level") }
    _ = try access()
  }

  func run() async throws {
    let level = Logger.Level(rawValue: logLevel) ?? .info
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level
      return handler
    }
    let metrics = TextMetrics()
    MetricsSystem.bootstrap(metrics)
    var options = ServerOptions(storePath: store, access: try access())
    options.host = host
    options.port = port
    options.allowedOrigins = allowedOrigins
    options.rrweb = RrwebSource(
      location: rrweb, recorder: rrwebRecorder, player: rrwebPlayer, style: rrwebStyle)
    options.batchBytes = batchBytes
    options.uploads = uploads
    options.liveStreams = liveStreams
    options.heartbeatSeconds = heartbeat
    options.shutdownSeconds = shutdownSeconds
    try await ReplayServer.run(options, metrics: metrics, logger: Logger(label: "replay-server"))
  }

  private func access() throws -> AccessControl {
    if noAuth { return .open }
    let environment = ProcessInfo.processInfo.environment
    guard let ingest = ingestToken ?? environment["REPLAY_INGEST_TOKEN"],
      let viewer = viewerToken ?? environment["REPLAY_VIEWER_TOKEN"]
    else {
      throw ValidationError(
        "set REPLAY_INGEST_TOKEN and REPLAY_VIEWER_TOKEN; to let everybody do everything, give --no-auth")
    }
    guard let ingest = AccessToken(ingest), let viewer = AccessToken(viewer) else {
      throw ValidationError("a token is 16 or more printable characters without spaces")
    }
    guard let access = AccessControl(ingest: ingest, viewer: viewer) else {
      throw ValidationError("the two tokens must differ: the first stands in every recorded page")
    }
    return access
  }
}
