/// Ratio over speed, both on axes on which equal steps multiply: up is smaller, right is faster.
struct SpeedChart {
  let report: BenchReport
  /// What the horizontal axis shows.
  let title: String
  let speed: (BenchRow) -> Double?

  private static let (width, height) = (920.0, 460.0)
  private static let area = LabelPlaces.Box(left: 64, top: 14, right: 906, bottom: 404)
  /// The methods that a line joins, as they are one program's levels.
  private static let levels = ["zstd1", "zstd3", "zstd9", "zstd19"]

  private typealias Point = (row: BenchRow, x: Double, y: Double)

  var drawing: String {
    let shown = report.rows.compactMap { row in speed(row).map { (row: row, speed: $0) } }
    let across = LogAxis(shown.map(\.speed), from: Self.area.left, to: Self.area.right)
    let up = LogAxis(shown.map(\.row.ratio), from: Self.area.bottom, to: Self.area.top)
    let points = shown.map { (row: $0.row, x: across.place($0.speed), y: up.place($0.row.ratio)) }
    var parts = grid(across, up)
    let curve = Self.levels.compactMap { level in points.first { $0.row.method == level } }
    if curve.count > 1 {
      let path = curve.map { "\(Markup.coordinate($0.x)),\(Markup.coordinate($0.y))" }.joined(separator: " ")
      parts.append("<polyline points=\"\(path)\" class=\"curve\"/>")
    }
    parts += points.map(mark)
    var places = LabelPlaces(in: Self.area, points: points.map { ($0.x, $0.y) })
    for (from, to) in zip(curve, curve.dropFirst()) { places.avoid(from: (from.x, from.y), to: (to.x, to.y)) }
    // The engine's own first: they are what one looks for.
    for point in points.filter({ $0.row.family == .engine }) + points.filter({ $0.row.family != .engine }) {
      let place = places.place(point.row.name, at: (point.x, point.y))
      parts.append(
        Markup.text(
          point.row.name, x: place.x, y: place.y, anchor: place.anchor,
          style: point.row.family == .engine ? "name strong halo" : "name halo"))
    }
    return Markup.drawing(
      width: Self.width, height: Self.height,
      label: "Ratio over \(title), a point a method; the table has the figures", parts)
  }

  private func grid(_ across: LogAxis, _ up: LogAxis) -> [String] {
    let area = Self.area
    var parts: [String] = []
    for tick in across.ticks {
      let x = across.place(tick)
      parts.append(Markup.line(from: (x, area.top), to: (x, area.bottom), style: "grid"))
      parts.append(Markup.text(LogAxis.label(tick), x: x, y: area.bottom + 18, anchor: "middle", style: "tick"))
    }
    for tick in up.ticks {
      let y = up.place(tick)
      parts.append(Markup.line(from: (area.left, y), to: (area.right, y), style: "grid"))
      parts.append(Markup.text("\(LogAxis.label(tick))×", x: area.left - 8, y: y + 4, anchor: "end", style: "tick"))
    }
    parts.append(Markup.line(from: (area.left, area.bottom), to: (area.right, area.bottom), style: "axis"))
    parts.append(Markup.line(from: (area.left, area.top), to: (area.left, area.bottom), style: "axis"))
    parts.append(
      Markup.text(
        "\(title), MB/s", x: (area.left + area.right) / 2, y: area.bottom + 44, anchor: "middle", style: "note"))
    parts.append(
      "<g transform=\"translate(16 \(Markup.coordinate((area.top + area.bottom) / 2))) rotate(-90)\">"
        + Markup.text("ratio to raw", x: 0, y: 0, anchor: "middle", style: "note") + "</g>")
    return parts
  }

  /// A point; families differ in shape too, for those who tell colours apart badly.
  private func mark(_ point: Point) -> String {
    let (x, y) = (Markup.coordinate(point.x), Markup.coordinate(point.y))
    let look = "class=\"mark fill-\(point.row.family.rawValue)\""
    let told = "\(point.row.name): \(Quantity.number(point.row.ratio))×, \(Quantity.number(speed(point.row))) MB/s"
    let title = "<title>\(Markup.escaped(told))</title>"
    switch point.row.family {
    case .engine:
      return "<path d=\"M0 -8 L8 0 L0 8 L-8 0 Z\" transform=\"translate(\(x) \(y))\" \(look)>\(title)</path>"
    case .zstd: return "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"5.5\" \(look)>\(title)</circle>"
    case .general, .raw:
      return "<path d=\"M-5 -5 H5 V5 H-5 Z\" transform=\"translate(\(x) \(y))\" \(look)>\(title)</path>"
    }
  }
}
