import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import ReplayServer
import SegmentEngine
import Testing

/// A store in a folder of its own and a server over it, for one test.
final class Scene: Sendable {
  static let ingest = "ingest-token-0123456789"
  static let viewer = "viewer-token-0123456789"

  let folder: String
  var path: String { folder + "/store" }

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("replay-server-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    self.folder = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Small blocks, and nothing that happens by itself while a test looks.
  static var configuration: Configuration {
    var configuration = Configuration()
    configuration.recentBlockBytes = 4_096
    configuration.archiveBlockBytes = 16_384
    configuration.archiveLevel = 3
    configuration.journalBytesAhead = 0
    configuration.journalSeconds = 86_400
    configuration.recentHours = 0
    configuration.trainsDictionaries = false
    configuration.maintainsItself = false
    return configuration
  }

  func open() async throws -> ReplayStore { try await ReplayStore.open(path, configuration: Self.configuration) }

  func options(withTokens: Bool = false) throws -> ServerOptions {
    var options = ServerOptions(storePath: path, access: withTokens ? try Self.access() : .open)
    options.port = 0
    options.heartbeatSeconds = 0.2
    options.shutdownSeconds = 10
    return options
  }

  static func access() throws -> AccessControl {
    let (ingest, viewer) = (try #require(AccessToken(ingest)), try #require(AccessToken(viewer)))
    return try #require(AccessControl(ingest: ingest, viewer: viewer))
  }

  static var logger: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }

  /// Runs a test against the routes in this process.
  func routes(
    withTokens: Bool = false, _ change: (inout ServerOptions) -> Void = { _ in },
    _ test: @Sendable (Client, ReplayStore) async throws -> Void
  ) async throws {
    var options = try options(withTokens: withTokens)
    change(&options)
    let store = try await open()
    let application = ReplayServer(options: options, store: store).application(logger: Self.logger)
    try await application.test(.router) { client in try await test(Client(client: client), store) }
    try await store.close()
  }
}

/// Asks the server, and tells a test what it answered.
struct Client: Sendable {
  let client: any TestClientProtocol

  struct Answer {
    var status: Int
    var headers: HTTPFields
    var bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n").map(String.init) }
    var object: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:] }
    /// The code of an error.
    var code: String? { (object["error"] as? [String: Any])?["code"] as? String }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
  }

  func callAsFunction(
    _ method: HTTPRequest.Method, _ uri: String, _ body: [UInt8]? = nil, headers: [String: String] = [:]
  ) async throws -> Answer {
    var fields = HTTPFields()
    for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
    let response = try await client.executeRequest(
      uri: uri, method: method, headers: fields, body: body.map { ByteBuffer(bytes: $0) })
    return Answer(
      status: response.status.code, headers: response.headers, bytes: Array(response.body.readableBytesView))
  }
}
