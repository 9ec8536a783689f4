internal import Foundation
import SegmentEngine
import Testing

/// A folder of its own for a test's store, removed when the test lets go of it.
final class StoreFolder: Sendable {
  /// The folder, which exists.
  let parent: String
  /// Where the store goes; not there until it is opened for writing.
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("segment-engine-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    parent = folder.path
    path = parent + "/store"
  }

  deinit { try? FileManager.default.removeItem(atPath: parent) }

  /// Opens the store with a configuration that suits tests.
  func open(_ mode: Mode = .readWrite, _ configuration: Configuration = .small()) async throws -> ReplayStore {
    try await ReplayStore.open(path, mode: mode, configuration: configuration)
  }

  /// Files of the store by their names relative to it, sorted.
  func files() throws -> [String] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: path)
    return names.filter { name in
      var isFolder: ObjCBool = false
      return unsafe FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  /// Files in a folder of the store.
  func files(in folder: String) throws -> [String] { try files().filter { $0.hasPrefix(folder + "/") } }

  func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }

  /// Writes into the file as it is, not to another one in its place.
  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name), options: [])
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

  /// All files with their content.
  func content() throws -> [String: [UInt8]] {
    var content: [String: [UInt8]] = [:]
    for name in try files() { content[name] = try read(name) }
    return content
  }
}

extension Configuration {
  /// Small blocks, no space written ahead, and nothing that happens by itself while a test looks.
  static func small(block: Int = 4_096, maintainsItself: Bool = true) -> Configuration {
    var configuration = Configuration()
    configuration.recentBlockBytes = block
    configuration.journalBytesAhead = 0
    configuration.journalSeconds = 86_400
    configuration.readerThreads = 1
    configuration.maintainsItself = maintainsItself
    return configuration
  }
}
