import Foundation

/// Folders that the benchmark makes and removes.
enum Folder {
  /// An empty folder; what was there is removed, and what a peer keeps beside it.
  static func fresh(_ path: String) throws {
    try remove(path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  static func remove(_ path: String) throws {
    for name in [path, path + dateSuffix] where FileManager.default.fileExists(atPath: name) {
      try FileManager.default.removeItem(atPath: name)
    }
  }

  /// A copy of a store that nobody has open.
  static func copy(_ source: String, to target: String) throws {
    try remove(target)
    for (from, to) in [(source, target), (source + dateSuffix, target + dateSuffix)]
    where FileManager.default.fileExists(atPath: from) {
      try Command.run("/bin/cp", ["-a", "--reflink=never", from, to])
    }
  }

  /// The engine's peer keeps the date of the work beside its store.
  private static let dateSuffix = ".date"
}

/// Programs of the system.
enum Command {
  /// What it prints. Throws where it fails.
  @discardableResult
  static func run(_ path: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchError("\(path) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
