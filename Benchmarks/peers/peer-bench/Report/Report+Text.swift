extension Report {
  /// The table for a terminal.
  var text: String {
    var lines = heading + [""]
    for limit in limits {
      lines.append("limit  \(limit.title): \(Number.text(limit.spread)) \(limit.unit)")
    }
    for part in parts {
      lines += ["", part]
      let own = rows.filter { $0.metric.part == part }
      var table = [["", "unit"] + peers + ["best", "engine / best peer", "goal", ""]]
      for row in own {
        table.append(
          [row.metric.title, row.metric.unit] + peers.map { row.cells[$0].map(Number.text) ?? "-" } + [
            row.winner ?? "-", row.ratio.map { "\(Number.text($0))x" } ?? "-", row.goal, row.verdictText,
          ])
      }
      lines += Self.aligned(table)
    }
    if !failures.isEmpty { lines += ["", "failed"] + failureLines.map { "  " + $0 } }
    return lines.joined(separator: "\n")
  }

  var failureLines: [String] {
    failures.map { "\($0.peer), \($0.phase), round \($0.round + 1): \($0.message)" }
  }

  /// Columns as wide as what is in them, with two spaces between.
  private static func aligned(_ table: [[String]]) -> [String] {
    let widths = (table.first ?? []).indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    return table.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      var line = "  " + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
