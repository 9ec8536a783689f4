/// Bars of what each method would store, from zero; raw is left out, which would make all others short.
struct BarChart {
  let report: BenchReport

  private static let (width, rowHeight, barHeight) = (920.0, 34.0, 18.0)
  /// Room for names on the left and figures on the right.
  private static let (left, right) = (230.0, 250.0)

  var drawing: String {
    let rows = report.rows.filter { $0.family != .raw }
    let longest = rows.map(report.projectedBytes).max() ?? 0
    let space = Self.width - Self.left - Self.right
    var parts: [String] = []
    for (index, row) in rows.enumerated() {
      let y = Double(index) * Self.rowHeight + 4
      let bytes = report.projectedBytes(row)
      let length = longest > 0 ? max(1, bytes / longest * space) : 1
      let middle = y + Self.barHeight / 2 + 5
      parts.append(
        Markup.text(
          row.name, x: Self.left - 12, y: middle, anchor: "end", style: row.family == .engine ? "name strong" : "name"))
      parts.append(
        "<rect x=\"\(Markup.coordinate(Self.left))\" y=\"\(Markup.coordinate(y))\" "
          + "width=\"\(Markup.coordinate(length))\" height=\"\(Markup.coordinate(Self.barHeight))\" rx=\"2\" "
          + "class=\"fill-\(row.family.rawValue)\"/>")
      parts.append(Markup.text(Quantity.bytes(bytes), x: Self.left + length + 10, y: middle, style: "figure"))
      parts.append(
        Markup.text(
          "\(Quantity.bytes(report.sessionBytes(row))) a session", x: Self.width - 4, y: middle, anchor: "end",
          style: "note"))
    }
    let height = Double(rows.count) * Self.rowHeight + 4
    parts.append(Markup.line(from: (Self.left, 0), to: (Self.left, height), style: "axis"))
    return Markup.drawing(
      width: Self.width, height: height, label: "Bars of the bytes each method would store; the table has the figures",
      parts)
  }
}
