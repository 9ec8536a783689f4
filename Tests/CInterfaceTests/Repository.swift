import Foundation

/// Files of the package that tests look at.
enum Repository {
  static let url = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent(path), encoding: .utf8)
  }

  static let headerPath = "Sources/CSegmentEngine/include/segment_engine.h"

  /// The functions that the header declares, by name, with what they return.
  static func functions() throws -> [String: String] {
    let code = try text(headerPath).split(separator: "\n").filter { !$0.hasPrefix("//") }.joined(separator: "\n")
    var functions: [String: String] = [:]
    for match in code.matches(of: /(?m)^([a-z][a-z0-9_ ]*[ *])(segment_[a-z_]+)\(/) {
      functions[String(match.2)] = match.1.trimmingCharacters(in: .whitespaces)
    }
    return functions
  }
}

/// A folder of a test's own.
enum Scratch {
  static func inFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("segment-c-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }
}
