extension Report {
  /// The report for a page.
  func markdown(_ charts: [(part: String, file: String)]) -> String {
    var lines = ["# SegmentEngine beside other stores", ""]
    lines += heading.map { "- \($0)" }
    lines += [
      "", "Medians, with the least and the most of the rounds in parentheses. The ratio is the engine's median over",
    ]
    lines += [
      "that of the best of the others.", "", "## What the machine can do", "", "| limit | | |", "|---|---|---|",
    ]
    for limit in limits { lines.append("| \(limit.title) | \(Number.text(limit.spread)) | \(limit.unit) |") }
    for part in parts {
      lines += ["", "## \(part.prefix(1).uppercased() + part.dropFirst())", ""]
      lines += ["| | unit | \(peers.joined(separator: " | ")) | best | engine / best peer | goal | |"]
      lines += ["|---|---|\(String(repeating: "---|", count: peers.count + 4))"]
      for row in rows where row.metric.part == part {
        let cells = peers.map { peer -> String in
          guard let spread = row.cells[peer] else { return "-" }
          return peer == row.winner ? "**\(Number.text(spread))**" : Number.text(spread)
        }
        let goal = row.goal.replacing("<", with: "&lt;")
        lines.append(
          "| \(row.metric.title) | \(row.metric.unit) | \(cells.joined(separator: " | ")) | \(row.winner ?? "-") | \(row.ratio.map { "\(Number.text($0))x" } ?? "-") | \(goal) | \(row.verdictText) |"
        )
      }
      for chart in charts where chart.part == part { lines += ["", "![\(part)](\(chart.file))"] }
    }
    lines += ["", "## How they are set up", ""]
    for setup in setups {
      lines +=
        ["**\(setup.name)**", ""] + setup.settings.map { "- \($0)" } + setup.notes.map { "- Note: \($0)" } + [""]
    }
    if !failures.isEmpty { lines += ["## Failed", ""] + failureLines.map { "- \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }
}
