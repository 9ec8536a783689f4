import Foundation
import Testing

/// Programs that tests run.
enum ChildProcess {
  struct Result {
    var status: Int32
    /// Standard output and error together.
    var text: String
  }

  /// Runs a program to its end.
  static func run(
    _ program: URL, _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) throws -> Result {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // A file, not a pipe: nobody has to read it while the program runs.
    let output = folder.appendingPathComponent("\(UUID().uuidString).out")
    try Data().write(to: output)
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      text: String(decoding: try Data(contentsOf: output), as: UTF8.self))
  }

  /// The first of these programs that is in `PATH`.
  static func find(_ names: String...) throws -> URL {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    for name in names {
      if name.hasPrefix("/") { return URL(fileURLWithPath: name) }
      for folder in folders {
        let candidate = URL(fileURLWithPath: String(folder)).appendingPathComponent(name)
        if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      }
    }
    throw Missing(names: names)
  }

  struct Missing: Error { var names: [String] }
}
