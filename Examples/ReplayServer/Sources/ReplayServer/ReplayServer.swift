public import Hummingbird
public import Logging
import NIOCore
public import SegmentEngine
public import ServiceLifecycle
public import UnixSignals

/// A server of session recordings over one store.
public struct ReplayServer: Sendable {
  /// What it was started with.
  public let options: ServerOptions
  let store: ReplayStore
  let metrics: TextMetrics?
  let uploads: RoomFor
  let streams: RoomFor

  /// A server over a store that is open for writing. `metrics` is what `/metrics` shows; nil: there is no such address.
  public init(options: ServerOptions, store: ReplayStore, metrics: TextMetrics? = nil) {
    self.options = options
    self.store = store
    self.metrics = metrics
    uploads = RoomFor(options.uploads)
    streams = RoomFor(options.liveStreams)
  }

  /// Opens the store, serves until SIGTERM or SIGINT, lets requests in flight end, and closes the store.
  ///
  /// Throws `StoreError` where the store cannot be opened, and errors of the network where the address is taken.
  public static func run(_ options: ServerOptions, metrics: TextMetrics? = nil, logger: Logger) async throws {
    var options = options
    options.store.logger = logger
    options.store.limits.batchBytes = max(options.batchBytes, 1)
    let store = try await ReplayStore.open(options.storePath, configuration: options.store)
    let server = ReplayServer(options: options, store: store, metrics: metrics)
    do {
      try await server.serviceGroup(signals: [.sigterm, .sigint], logger: logger).run()
    } catch {
      // The store first: what was acknowledged is on the disk in any case, and the next opening is quicker.
      try? await store.close()
      throw error
    }
    try await store.close()
    logger.info("stopped")
  }

  /// What runs the server until it is told to stop: it takes no more connections, ends live streams, and gives requests in
  /// flight `shutdownSeconds`.
  public func serviceGroup(
    signals: [UnixSignal], logger: Logger, onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) -> ServiceGroup {
    var configuration = ServiceGroupConfiguration(
      services: [application(logger: logger, onRunning: onRunning)], gracefulShutdownSignals: signals, logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(options.shutdownSeconds)
    return ServiceGroup(configuration: configuration)
  }

  /// The HTTP application by itself, for tests and for those who have services of their own.
  public func application(
    logger: Logger, onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) -> some ApplicationProtocol {
    Application(
      router: router(),
      server: .http1(configuration: .init(idleTimeout: .seconds(75))),
      configuration: .init(address: .hostname(options.host, port: options.port), serverName: nil),
      onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) }, logger: logger)
  }

  private func router() -> Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    router.addMiddleware {
      MetricsMiddleware()
      SecurityHeaders()
      CrossOrigin(origins: options.allowedOrigins)
      ErrorResponses()
    }
    router.get("/healthz") { _, _ in try await health() }
    PageRoutes(access: options.access, rrweb: options.rrweb).add(to: router)
    RrwebRoutes(source: options.rrweb).add(to: router)
    let viewer = RequireAccess(access: options.access, role: .viewer)
    if let metrics {
      router.group("/metrics").add(middleware: viewer)
        .get("") { _, _ in Response.text(metrics.text(), type: "text/plain; version=0.0.4; charset=utf-8") }
    }
    let sessions = SessionRoutes(store: store)
    let blocks = BlockRoutes(store: store)
    let erasures = ErasureRoutes(store: store)
    let top = router.group("/v1").add(middleware: viewer)
    sessions.addList(to: top)
    blocks.addDictionaries(to: top)
    erasures.addErasures(to: top)
    let path: RouterPath = "/v1/projects/{project}/sessions/{session}"
    let session = router.group(path).add(middleware: viewer)
    sessions.add(to: session)
    EventRoutes(store: store).add(to: session)
    blocks.add(to: session)
    erasures.add(to: session)
    LiveRoutes(
      store: store, streams: streams, heartbeat: .seconds(options.heartbeatSeconds),
      retryMilliseconds: options.retryMilliseconds
    ).add(to: session)
    let ingest = router.group(path).add(middleware: RequireAccess(access: options.access, role: .ingest))
    IngestRoutes(store: store, body: BodyReader(limit: options.batchBytes), uploads: uploads)
      .add(to: ingest)
    return router
  }

  /// Well where the store can be read.
  private func health() async throws -> Response {
    struct Body: Encodable { var status = "ok" }
    _ = try await store.policy()
    return .json(Body())
  }
}
