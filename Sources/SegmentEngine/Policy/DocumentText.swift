/// Text as it is written in documents and shown in messages.
enum DocumentText {
  /// A JSON string: in quotes, with escapes where there must be.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A JSON number that reads back as the same one. There is none for what is not finite: null, which no reader takes
  /// for a number.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    // The zero of a negative sign becomes 0 here.
    if value.magnitude < 0x1p53, let whole = Int64(exactly: value) { return String(whole) }
    return value.description
  }

  /// Quoted for a message: with its length where it is too long to show.
  static func shown(_ text: String) -> String {
    let start = cut(text)
    return start == text ? quoted(text) : quoted(start) + " (\(text.utf8.count) bytes)"
  }

  /// The text, or its first characters and an ellipsis.
  static func cut(_ text: String) -> String {
    text.unicodeScalars.count <= 48 ? text : String(text.unicodeScalars.prefix(40)) + "…"
  }
}
