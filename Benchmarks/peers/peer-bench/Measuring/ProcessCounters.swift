import Foundation

/// What the system counts of this process.
struct ProcessCounters: Sendable {
  /// User and system time of all threads, seconds.
  var cpu: Double
  /// Bytes it caused to be read from and to be written to storage.
  var read: Double
  var written: Double

  static func now() throws -> ProcessCounters {
    var usage = rusage()
    guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else {
      throw BenchError("the system does not say how much CPU was used")
    }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    let io = try fields("/proc/self/io")
    return ProcessCounters(
      cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime), read: Double(io["read_bytes"] ?? 0),
      written: Double(io["write_bytes"] ?? 0))
  }

  /// What was added since.
  func since(_ earlier: ProcessCounters) -> ProcessCounters {
    ProcessCounters(cpu: cpu - earlier.cpu, read: read - earlier.read, written: written - earlier.written)
  }

  /// Memory of this process that is resident now, and that was at most, bytes.
  static func memory() throws -> (resident: Double, highest: Double) {
    let status = try fields("/proc/self/status")
    guard let resident = status["VmRSS"], let highest = status["VmHWM"] else {
      throw BenchError("/proc/self/status does not say how much memory is resident")
    }
    return (Double(resident) * 1_024, Double(highest) * 1_024)
  }

  /// `name: number` line by line.
  private static func fields(_ path: String) throws -> [String: Int] {
    var fields: [String: Int] = [:]
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      let parts = line.split(whereSeparator: { $0 == ":" || $0 == " " || $0 == "\t" })
      if parts.count >= 2, let value = Int(parts[1]) { fields[String(parts[0])] = value }
    }
    return fields
  }
}
