import Foundation
import Testing

@testable import SegmentEngine

/// Small recordings of a made-up shop, each with a text of its own, for what decides on sessions and lets them go.
enum ShopSessions {
  /// Session IDs, in order.
  static func names(_ count: Int) -> [String] { (0..<count).map { $0 < 10 ? "s-0\($0)" : "s-\($0)" } }

  /// A text that nothing but this session holds.
  static func text(of name: String) -> String { "words-of-\(name)-alone" }

  /// What names a session or is in it, and stands in the store as it is written.
  static func words(of name: String) -> [String] { [name, text(of: name)] }

  /// A session's events; `bulk` letters that do not compress well make it weigh something.
  static func recording(_ name: String, errors: Int = 0, bulk: Int = 0) -> String {
    let start = Recording.start
    var lines = [
      #"{"type":4,"data":{"href":"https://shop.test/\#(name)-page","width":8,"height":6},"timestamp":\#(start)}"#,
      #"{"type":2,"data":{"node":{"id":1,"text":"\#(text(of: name))"}},"timestamp":\#(start + 5)}"#,
      #"{"type":3,"data":{"source":2,"type":2,"id":1,"x":1,"y":2},"timestamp":\#(start + 9)}"#,
    ]
    for error in 0..<errors {
      lines.append(
        #"{"type":6,"data":{"plugin":"rrweb/console@1","payload":{"level":"error","payload":["\#(name)"]}},"timestamp":\#(start + 20 + error)}"#
      )
    }
    if bulk > 0 {
      var state = UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) })
      let letters = (0..<bulk).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return 97 + UInt8((state >> 33) % 26)
      }
      lines.append(
        #"{"type":3,"data":{"source":0,"texts":[{"id":1,"value":"\#(String(decoding: letters, as: UTF8.self))"}]},"timestamp":\#(start + 30)}"#
      )
    }
    return Recording.text(lines)
  }

  /// Imports sessions, finished, each of a visitor named as it is; the first `errors` of them have an error.
  static func add(
    _ tool: ToolProcess, _ names: [String], errors: Int = 0, bulk: Int = 0, project: String = "default",
    to store: String = "store", isFlushed: Bool = true
  ) throws {
    for (place, name) in names.enumerated() {
      try tool.write(recording(name, errors: place < errors ? 1 : 0, bulk: bulk), to: "\(name).ndjson")
    }
    let result = try tool.run(
      ["import", store, "--project", project, "--visitor-per-file"] + names.map { "\($0).ndjson" })
    try #require(result.status == 0, "\(result.errors)")
    if isFlushed { try #require(try tool.run("flush", store).status == 0) }
  }

  /// Makes a store whose sessions were received, finished and decided on so many days ago.
  static func addLongAgo(_ tool: ToolProcess, _ names: [String], days: Double, to store: String = "store") async throws
  {
    var environment = StoreEnvironment.system()
    environment.clock = PastClock(days: days)
    var configuration = Configuration()
    configuration.maintainsItself = false
    configuration.trainsDictionaries = false
    configuration.recentHours = 0
    let store = try await ReplayStore.open(
      Layout(root: tool.file(store).path), mode: .readWrite, configuration: configuration, environment)
    for name in names {
      let key = SessionKey(id: name)
      try await store.append(Array(recording(name).utf8), to: key, batchID: "1", origin: .imported)
      try await store.finish(key)
    }
    try await store.flush()
    try await store.maintain([.promotion])
    try await store.close()
  }

  /// The policy of these tests: sessions with errors 90 days, none of the rest.
  static let errorsAlone =
    #"{"version":1,"rules":[{"name":"broken","when":{"errors":{"atLeast":1}},"keep":1,"retentionDays":90}],"default":{"keep":0}}"#
}

extension ToolProcess {
  /// Every file below a folder with its content.
  func content(of folder: String) throws -> [String: Data] {
    var content: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: file(folder).path) {
      let url = file("\(folder)/\(name)")
      if try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
        content[name] = try Data(contentsOf: url)
      }
    }
    return content
  }

  /// The files below a folder that hold one of the texts.
  func traces(of texts: [String], in folder: String) throws -> [String] {
    try content(of: folder).compactMap { name, bytes in
      texts.contains { bytes.range(of: Data($0.utf8)) != nil } ? name : nil
    }.sorted()
  }

  /// The IDs of the sessions that a listing gives.
  func sessions(_ store: String = "store", _ options: String...) throws -> Set<String> {
    let result = try run(["sessions", store, "--json"] + options)
    try #require(result.status == 0, "\(result.errors)")
    return Set(try result.objects().compactMap { $0["session"] as? String })
  }

  /// Has the policy decide on all that is finished.
  @discardableResult
  func decide(_ store: String = "store", _ options: String...) throws -> Result {
    let result = try run(["compact", store, "--recent-hours", "0", "--no-training"] + options)
    try #require(result.status == 0, "\(result.errors)")
    return result
  }

  /// Runs the tool and expects the status, and of one that is not 0 a message in one line.
  @discardableResult
  func expect(_ status: Int32, _ arguments: String, _ location: SourceLocation = #_sourceLocation) throws -> Result {
    let result = try run(arguments.split(separator: " ").map(String.init))
    #expect(result.status == status, "\(arguments): \(result.errors)", sourceLocation: location)
    if status != 0, status != 1 {
      #expect(
        result.errors.hasPrefix("engine-tool: ") && result.errors.split(separator: "\n").count == 1,
        "\(arguments): \(result.errors)", sourceLocation: location)
    }
    return result
  }
}
