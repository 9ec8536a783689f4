import Foundation
import SegmentTestSupport
import Testing

/// The built tool, run as a child process.
struct ToolProcess {
  /// What a run left.
  struct Result {
    var status: Int32
    var output: Data
    var errors: String

    var text: String { String(decoding: output, as: UTF8.self) }

    /// Standard output as JSON, one object a line.
    func objects() throws -> [[String: Any]] {
      try text.split(separator: "\n").map { line in
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      }
    }

    /// Standard output as the one object of JSON it must be.
    func object() throws -> [String: Any] {
      let objects = try objects()
      try #require(objects.count == 1)
      return objects[0]
    }
  }

  /// A folder of the test's own.
  let folder: URL

  init(_ folder: URL) { self.folder = folder }

  /// Runs the tool with the folder as its working directory.
  @discardableResult
  func run(_ arguments: String...) throws -> Result { try run(arguments) }

  /// The same with what it reads from standard input, a pipe, at most 64 KiB.
  @discardableResult
  func run(_ arguments: [String], output: FileHandle? = nil, input: String? = nil) throws -> Result {
    let process = Process()
    process.executableURL = try BuiltPrograms.url("engine-tool")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    // Files, not pipes: nobody has to read them while the tool runs.
    let name = UUID().uuidString
    let (outputURL, errorURL) = (file("\(name).out"), file("\(name).err"))
    try Data().write(to: outputURL)
    try Data().write(to: errorURL)
    process.standardOutput = try output ?? FileHandle(forWritingTo: outputURL)
    process.standardError = try FileHandle(forWritingTo: errorURL)
    if let input {
      let pipe = Pipe()
      try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try pipe.fileHandleForWriting.close()
      process.standardInput = pipe
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    try process.run()
    process.waitUntilExit()
    let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    return Result(
      status: status, output: try Data(contentsOf: outputURL),
      errors: String(decoding: try Data(contentsOf: errorURL), as: UTF8.self))
  }

  func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

  @discardableResult
  func write(_ content: Data, to name: String) throws -> URL {
    let url = file(name)
    try content.write(to: url)
    return url
  }

  @discardableResult
  func write(_ content: String, to name: String) throws -> URL { try write(Data(content.utf8), to: name) }

  /// Gives the body a tool in a new folder, which goes when it ends.
  static func inFolder(_ body: (ToolProcess) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("engine-tool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(ToolProcess(folder))
  }
}
