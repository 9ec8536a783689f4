package import Foundation

/// Programs of the package, built beside the tests.
package enum BuiltPrograms {
  /// Where a program is: in the folder of a path this process was started with, or above it.
  package static func url(_ name: String) throws -> URL {
    for argument in CommandLine.arguments where argument.contains("/") {
      var folder = URL(fileURLWithPath: argument).deletingLastPathComponent()
      for _ in 0..<4 {
        let candidate = folder.appendingPathComponent(name)
        // The package may have a folder of this name too.
        if (try? candidate.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true { return candidate }
        folder.deleteLastPathComponent()
      }
    }
    throw CocoaError(.fileNoSuchFile)
  }
}
