import CSegmentLZ4
import CSegmentZlib
import CSegmentZstd
import Foundation

/// What was measured with: the machine, without its name, and the libraries.
struct MachineFacts: Sendable, Equatable {
  var system: String
  var architecture: String
  /// The processor's name, where the system tells.
  var processor: String?
  var cores: Int
  var memoryBytes: UInt64
  var zlib: String
  var lz4: String
  var zstd: String

  /// This machine's.
  static func current() -> MachineFacts {
    let process = ProcessInfo.processInfo
    return MachineFacts(
      system: systemName ?? process.operatingSystemVersionString, architecture: architecture,
      processor: value(of: "model name", in: "/proc/cpuinfo", separator: ":"), cores: process.activeProcessorCount,
      memoryBytes: process.physicalMemory, zlib: unsafe String(cString: zlibVersion()),
      lz4: unsafe String(cString: LZ4_versionString()), zstd: unsafe String(cString: ZSTD_versionString()))
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "other"
    #endif
  }

  private static var systemName: String? {
    value(of: "PRETTY_NAME", in: "/etc/os-release", separator: "=")
  }

  /// The first value of a name in a file of lines as Linux has them.
  private static func value(of name: String, in file: String, separator: Character) -> String? {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      let parts = line.split(separator: separator, maxSplits: 1)
      if parts.count == 2 { return parts[1].trimmingCharacters(in: CharacterSet(charactersIn: " \t\"")) }
    }
    return nil
  }
}
