import Foundation
import ReplayServer
import SegmentEngine
import Testing

@Suite("The program itself", .timeLimit(.minutes(1)))
struct CommandTests {
  /// Where the program is: in the folder of a path this process was started with, or above it.
  private func program() throws -> URL {
    for argument in CommandLine.arguments where argument.contains("/") {
      var folder = URL(fileURLWithPath: argument).deletingLastPathComponent()
      for _ in 0..<4 {
        let candidate = folder.appendingPathComponent("replay-server")
        if (try? candidate.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true { return candidate }
        folder.deleteLastPathComponent()
      }
    }
    throw CocoaError(.fileNoSuchFile)
  }

  /// Starts it; what it writes to standard error is passed on line by line.
  private func start(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (process: Process, lines: AsyncStream<String>, ended: AsyncStream<Int32>) {
    let process = Process()
    process.executableURL = try program()
    process.arguments = arguments
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardError = pipe
    let (lines, line) = AsyncStream<String>.makeStream()
    let (ended, end) = AsyncStream<Int32>.makeStream()
    Thread.detachNewThread {
      var rest = Data()
      while true {
        let data = pipe.fileHandleForReading.availableData
        if data.isEmpty { break }
        rest += data
        while let index = rest.firstIndex(of: 0x0A) {
          line.yield(String(decoding: rest[..<index], as: UTF8.self))
          rest = Data(rest[rest.index(after: index)...])
        }
      }
      line.finish()
    }
    process.terminationHandler = { process in
      end.yield(process.terminationStatus)
      end.finish()
    }
    try process.run()
    return (process, lines, ended)
  }

  @Test(
    "It does not start without two good tokens, unless it is told to do without",
    arguments: [
      ([:], "REPLAY_INGEST_TOKEN"), (["REPLAY_INGEST_TOKEN": Scene.ingest], "REPLAY_VIEWER_TOKEN"),
      (["REPLAY_INGEST_TOKEN": "short", "REPLAY_VIEWER_TOKEN": Scene.viewer], "16"),
      (["REPLAY_INGEST_TOKEN": Scene.viewer, "REPLAY_VIEWER_TOKEN": Scene.viewer], "differ"),
    ] as [([String: String], String)])
  func tokens(_ environment: [String: String], _ said: String) async throws {
    let scene = try Scene()
    let (_, lines, ended) = try start([scene.path, "--port", "0"], environment: environment)
    var text = ""
    for await line in lines { text += line + "\n" }
    #expect(text.contains(said) && !text.contains(Scene.viewer) && !text.contains(Scene.ingest))
    #expect(await ended.first { _ in true } == 64)
    #expect(!FileManager.default.fileExists(atPath: scene.path))
  }

  @Test("SIGTERM ends it well: streams end, the store is closed, tokens are in no line of its log")
  func terminates() async throws {
    let scene = try Scene()
    let (process, lines, ended) = try start(
      [scene.path, "--port", "0", "--log-level", "trace"],
      environment: ["REPLAY_INGEST_TOKEN": Scene.ingest, "REPLAY_VIEWER_TOKEN": Scene.viewer])
    defer { process.terminate() }
    let key = SessionKey(project: "shop", id: "s1")
    var log = ""
    var watching: Task<StreamView, any Error>?
    for await line in lines {
      log += line + "\n"
      guard let place = line.firstRange(of: "listening on 127.0.0.1:"), watching == nil else { continue }
      let port = try #require(Int(line[place.upperBound...].prefix { $0.isNumber }))
      let sent = try await Connection.post(
        port: port, Sample.address(key, "/batches?token=\(Scene.ingest)"), Sample.batch(Sample.events(3)))
      #expect(sent == 200)
      #expect(try await Connection.post(port: port, Sample.address(key, "/batches?token=\(Scene.viewer)"), []) == 403)
      watching = Task {
        try await StreamView.follow(port: port, Sample.address(key, "/live?token=\(Scene.viewer)")) { view in
          if view.recorded.count == 3, view.comments == 0 { process.terminate() }
          return false
        }
      }
    }
    let view = try await #require(watching).value
    #expect(view.isEnded && view.recorded.count == 3)
    #expect(await ended.first { _ in true } == 0)
    #expect(log.contains("stopped") && !log.contains(Scene.viewer) && !log.contains(Scene.ingest))
    let store = try await ReplayStore.open(scene.path, mode: .readOnly)
    #expect(try await store.summary(of: key)?.events == 3)
    try await store.close()
  }
}
