import Foundation
import Peers

/// All that was found, in the forms it is given in.
struct Report {
  var machine: Machine
  var options: Options
  var peers: [String]
  var rows: [Row]
  var limits: [Limit]
  var failures: [Figures.Failure]
  var minutes: Double

  /// Something the machine can do.
  struct Limit: Sendable {
    var title: String
    var unit: String
    var spread: Figures.Spread
  }

  init(machine: Machine, options: Options, peers: [String], figures: Figures, minutes: Double) {
    self.machine = machine
    self.options = options
    self.peers = peers
    self.minutes = minutes
    failures = figures.failures
    rows = Metrics.all(options).map { Row($0, figures, peers) }
    limits = Self.limitTitles.compactMap { id, title, unit in
      figures[Figures.machine, "limit.\(id)"].map { Limit(title: title, unit: unit, spread: $0) }
    }
  }

  private static let limitTitles = [
    ("memcpy", "memcpy", "MB/s"), ("crc", "CRC-32C", "MB/s"), ("lz4", "LZ4", "MB/s"), ("zstd", "zstd, level 3", "MB/s"),
    ("find", "finding times and keyframes, which peers are given", "MB/s"),
    ("disk", "write, and fdatasync for each 64 batches", "MB/s"), ("sync", "write of 4 KiB and fdatasync, p50", "ms"),
  ]

  /// What holds for the whole run, line by line.
  var heading: [String] {
    let counts = options.counts.map(Metrics.grouped).joined(separator: ", ")
    var lines = machine.lines
    lines.append(
      "recordings \((options.recordings as NSString).lastPathComponent); rounds \(options.rounds); sessions \(counts)\(options.isQuick ? "; QUICK: small numbers, no figure counts" : ""); took \(Number.text(minutes)) minutes"
    )
    return lines
  }

  /// How the peers are set up, and what is to be known of them.
  var setups: [(name: String, settings: [String], notes: [String])] {
    PeerList.all.filter { peers.contains($0.name) }.map { ($0.name, $0.settings, $0.notes) }
  }

  func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func put(_ text: String, _ name: String) throws {
      try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
    try put(try json, "report.json")
    var charts: [(part: String, file: String)] = []
    for (place, part) in parts.enumerated() {
      let drawn = rows.filter { $0.metric.part == part && $0.metric.isDrawn && !$0.cells.isEmpty }
      if drawn.isEmpty { continue }
      let file = "chart-\(place + 1)-\(Self.fileName(part)).svg"
      try put(Chart(title: part, rows: drawn, peers: peers).svg, file)
      charts.append((part, file))
    }
    try put(markdown(charts), "report.md")
  }

  /// The parts that rows are of, in order.
  var parts: [String] {
    var parts: [String] = []
    for row in rows where !parts.contains(row.metric.part) { parts.append(row.metric.part) }
    return parts
  }

  private static func fileName(_ part: String) -> String {
    part.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
  }
}
