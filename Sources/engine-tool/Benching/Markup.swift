/// Pieces of HTML and SVG.
enum Markup {
  /// Text as it may stand in an element or an attribute.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text.printable {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  /// A coordinate: a tenth of a unit is finer than anybody sees.
  static func coordinate(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    return value < 0 ? "-" + Units.decimal(-value, 1) : Units.decimal(value, 1)
  }

  /// Text in a drawing.
  static func text(
    _ text: String, x: Double, y: Double, anchor: String = "start", style: String = ""
  ) -> String {
    let look = style.isEmpty ? "" : " class=\"\(style)\""
    return "<text x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" text-anchor=\"\(anchor)\"\(look)>"
      + escaped(text) + "</text>"
  }

  /// A line in a drawing.
  static func line(from: (x: Double, y: Double), to: (x: Double, y: Double), style: String) -> String {
    "<line x1=\"\(coordinate(from.x))\" y1=\"\(coordinate(from.y))\" x2=\"\(coordinate(to.x))\" "
      + "y2=\"\(coordinate(to.y))\" class=\"\(style)\"/>"
  }

  /// A drawing that shrinks with the page; `label` tells those who do not see it what it shows.
  static func drawing(width: Double, height: Double, label: String, _ content: [String]) -> String {
    "<div class=\"drawing\"><svg viewBox=\"0 0 \(coordinate(width)) \(coordinate(height))\" role=\"img\" "
      + "aria-label=\"\(escaped(label))\">\n" + content.joined(separator: "\n") + "\n</svg></div>\n"
  }
}
