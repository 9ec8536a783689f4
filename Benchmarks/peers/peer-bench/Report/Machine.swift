import Foundation

/// Where and when the report was made.
struct Machine: Codable, Sendable {
  var cpu: String
  var cores: Int
  var memoryBytes: UInt64
  var kernel: String
  var fileSystem: String
  var date: String
  var commit: String
  var loadBefore: String

  init(_ options: Options) {
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    cpu =
      information.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
      .map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    cores = ProcessInfo.processInfo.activeProcessorCount
    memoryBytes = ProcessInfo.processInfo.physicalMemory
    kernel = ((try? Command.run("/bin/uname", ["-sr"])) ?? "unknown").trimmingCharacters(in: .whitespacesAndNewlines)
    fileSystem = Self.fileSystem(options.work)
    date = ISO8601DateFormatter().string(from: Date())
    commit = Self.commit()
    loadBefore = ((try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "").split(separator: " ").prefix(3)
      .joined(separator: " ")
  }

  /// Type and options of the mount that a path lies on: the longest one that begins it.
  private static func fileSystem(_ path: String) -> String {
    let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    var best = (length: -1, text: "unknown")
    for line in ((try? String(contentsOfFile: "/proc/mounts", encoding: .utf8)) ?? "").split(separator: "\n") {
      let parts = line.split(separator: " ").map(String.init)
      guard parts.count >= 4 else { continue }
      let mount = parts[1] == "/" ? "/" : parts[1] + "/"
      if (real + "/").hasPrefix(mount), mount.count > best.length { best = (mount.count, "\(parts[2]) (\(parts[3]))") }
    }
    return best.text
  }

  private static func commit() -> String {
    guard let name = try? Command.run("/usr/bin/git", ["rev-parse", "--short=12", "HEAD"]) else { return "unknown" }
    let changed = (try? Command.run("/usr/bin/git", ["status", "--porcelain", "--untracked-files=no"])) ?? ""
    return name.trimmingCharacters(in: .whitespacesAndNewlines) + (changed.isEmpty ? "" : ", changed since")
  }

  var lines: [String] {
    [
      "\(cpu), \(cores) cores, \((Double(memoryBytes) / 1e9).rounded()) GB of memory; \(kernel); \(fileSystem)",
      "\(date), commit \(commit); load before \(loadBefore)",
    ]
  }
}
