import Foundation
import SegmentTestSupport
import Testing

/// The tool while it runs, its output going to a file.
struct RunningTool {
  let process: Process
  let output: URL
}

extension ToolProcess {
  /// Starts the tool and does not wait for it.
  func start(_ arguments: [String]) throws -> RunningTool {
    let output = file("\(UUID().uuidString).out")
    try Data().write(to: output)
    let process = Process()
    process.executableURL = try BuiltPrograms.url("engine-tool")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return RunningTool(process: process, output: output)
  }
}

/// Waits until something holds that another process brings about; fails after five minutes, which a busy machine may need.
func eventually(
  _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ holds: () throws -> Bool
) async throws {
  let clock = ContinuousClock()
  let end = clock.now.advanced(by: .seconds(300))
  while try !holds() {
    guard clock.now < end else {
      Issue.record("it never came to hold that \(what)", sourceLocation: sourceLocation)
      return
    }
    try await Task.sleep(for: .milliseconds(5))
  }
}
