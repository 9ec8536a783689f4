import SegmentEngine
import ServiceLifecycle
import Testing

@testable import ReplayServer

/// A server that listens on a port of this machine, as `ReplayServer.run` starts and stops it.
struct RunningServer: Sendable {
  /// Keeps the folder.
  let scene: Scene
  let port: Int
  let store: ReplayStore
  private let server: ReplayServer
  private let group: ServiceGroup
  private let running: Task<Void, any Error>

  static func start(_ scene: Scene, _ change: (inout ServerOptions) -> Void = { _ in }) async throws -> RunningServer {
    var options = try scene.options()
    change(&options)
    let store = try await scene.open()
    let (ports, source) = AsyncStream<Int>.makeStream()
    let server = ReplayServer(options: options, store: store)
    let group = server.serviceGroup(signals: [], logger: Scene.logger) { port in
      source.yield(port)
      source.finish()
    }
    let running = Task {
      defer { source.finish() }
      try await group.run()
    }
    let port = try #require(await ports.first { _ in true }, "the server did not start")
    return RunningServer(scene: scene, port: port, store: store, server: server, group: group, running: running)
  }

  /// Batches that are on their way.
  var uploads: Int { server.uploads.count }

  /// Asks it to stop, and comes back at once.
  func beginToStop() async { await group.triggerGracefulShutdown() }

  /// Stops it and closes the store.
  func stop() async throws {
    await group.triggerGracefulShutdown()
    try await running.value
    try await store.close()
  }
}
