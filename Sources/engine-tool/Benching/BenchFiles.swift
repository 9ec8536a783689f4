import Foundation

/// Finds the recordings that a command line means.
enum BenchFiles {
  /// What recordings in a folder are called, without `.gz` and `.zst`.
  private static let endings = [".ndjson", ".json"]

  /// All files named, and the recordings in all folders named and below; each once. Throws `Failure` where there is no
  /// such path, and where a folder holds no recording.
  static func paths(_ arguments: [String]) throws -> [String] {
    var seen: Set<String> = []
    var paths: [String] = []
    for argument in arguments {
      var isFolder: ObjCBool = false
      guard unsafe FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) else {
        throw Failure(.notFound, "\(argument) cannot be read: there is no such file")
      }
      let found = isFolder.boolValue ? try recordings(in: argument) : [argument]
      guard !found.isEmpty else {
        throw Failure(.notFound, "\(argument) holds no recordings (.ndjson or .json, plain, .gz or .zst)")
      }
      for path in found where seen.insert(URL(fileURLWithPath: path).standardizedFileURL.path).inserted {
        paths.append(path)
      }
    }
    return paths
  }

  private static func recordings(in folder: String) throws -> [String] {
    let root = URL(fileURLWithPath: folder)
    var problem: (path: String, error: any Error)?
    let files = FileManager.default.enumerator(
      at: root, includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles]
    ) { url, error in
      problem = problem ?? (url.path, error)
      return true
    }
    var found: [String] = []
    while let file = files?.nextObject() as? URL {
      let isFile = try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile
      if isFile == true, isRecording(file.lastPathComponent) { found.append(file.path) }
    }
    if let problem { throw Failure(.failed, "\(problem.path) cannot be read: \(problem.error.localizedDescription)") }
    return found
  }

  /// A batches file is about a recording and none itself.
  static func isRecording(_ name: String) -> Bool {
    let name = RecordingFile.name(of: name)
    return endings.contains { name.hasSuffix($0) } && !name.hasSuffix(".batches.json")
  }
}
