/// Grouped horizontal bars: a group for each row with a scale of its own, a bar for each peer, a line from the least
/// to the most of the rounds.
struct Chart {
  var title: String
  var rows: [Row]
  var peers: [String]

  private static let names = 190.0
  private static let bars = 480.0
  private static let values = 190.0
  private static let barHeight = 15.0
  private static let step = 19.0
  private static let heading = 44.0
  private static let groupHeading = 26.0
  private static let groupEnd = 14.0
  private static let colours = ["#1f6feb", "#8c8f94", "#b3905a", "#6d9b7a", "#a07aa8", "#c08484", "#7a8fb0"]

  private func height(_ row: Row) -> Double {
    Self.groupHeading + Double(shown(row).count) * Self.step + Self.groupEnd
  }

  private func shown(_ row: Row) -> [String] { peers.filter { row.cells[$0]?.median.isFinite ?? false } }

  var svg: String {
    let width = Self.names + Self.bars + Self.values
    let height = Self.heading + rows.reduce(0) { $0 + self.height($1) }
    var parts = [
      ##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \##(Self.text(width)) \##(Self.text(height))" width="\##(Self.text(width))" height="\##(Self.text(height))" font-family="system-ui, sans-serif" font-size="12" fill="#24292f">"##,
      "<title>\(Self.escaped(title))</title>",
      ##"<rect width="100%" height="100%" fill="#ffffff"/>"##,
      Self.text(
        title.prefix(1).uppercased() + title.dropFirst(), x: 12, y: 27, attributes: #"font-size="17" font-weight="600""#
      ),
    ]
    var top = Self.heading
    for row in rows {
      parts += group(row, top)
      top += self.height(row)
    }
    parts.append("</svg>")
    return parts.joined(separator: "\n") + "\n"
  }

  private func group(_ row: Row, _ top: Double) -> [String] {
    let shown = shown(row)
    let most = shown.compactMap { row.cells[$0]?.highest }.filter(\.isFinite).max() ?? 1
    let scale = most > 0 ? Self.bars / most : 0
    let better = row.metric.better == .lower ? "lower is better" : "higher is better"
    var parts = [
      Self.text(
        "\(row.metric.title), \(row.metric.unit)", x: 12, y: top + 16, attributes: #"font-weight="600""#),
      Self.text(
        better, x: Self.names + Self.bars + Self.values - 12, y: top + 16,
        attributes: ##"text-anchor="end" fill="#6a6f76""##),
    ]
    for (place, peer) in shown.enumerated() {
      guard let spread = row.cells[peer] else { continue }
      let y = top + Self.groupHeading + Double(place) * Self.step
      let middle = y + Self.barHeight / 2
      let length = max(1, spread.median * scale)
      let colour = Self.colours[(peers.firstIndex(of: peer) ?? 0) % Self.colours.count]
      let weight = peer == PeerList.engine ? #" font-weight="600""# : ""
      parts.append(
        Self.text(peer, x: Self.names - 8, y: y + 12, attributes: #"text-anchor="end""# + weight))
      parts.append(
        #"<rect x="\#(Self.text(Self.names))" y="\#(Self.text(y))" width="\#(Self.text(length))" height="\#(Self.text(Self.barHeight))" fill="\#(colour)" rx="2"/>"#
      )
      if spread.values.count > 1 {
        let (from, to) = (Self.names + spread.lowest * scale, Self.names + spread.highest * scale)
        parts.append(
          ##"<path d="M\##(Self.text(from)) \##(Self.text(middle))H\##(Self.text(to))" stroke="#24292f" stroke-width="1.5"/>"##
        )
      }
      let end = Self.names + max(length, spread.highest * scale)
      parts.append(Self.text(Number.text(spread), x: end + 6, y: y + 12, attributes: weight))
    }
    return parts
  }

  private static func text(_ text: some StringProtocol, x: Double, y: Double, attributes: String) -> String {
    ##"<text x="\##(self.text(x))" y="\##(self.text(y))" \##(attributes)>\##(escaped(String(text)))</text>"##
  }

  private static func text(_ number: Double) -> String { String((number * 10).rounded() / 10) }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
