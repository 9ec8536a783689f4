/// A value of JSON as the tool writes it: objects keep the order of their keys.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case whole(UInt64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])

  /// A count. None of the tool's is negative.
  static func count(_ value: Int) -> JSONValue { .whole(UInt64(max(0, value))) }

  /// A string, or null.
  static func optional(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  /// A count, or null.
  static func optional(_ value: UInt64?) -> JSONValue { value.map { .whole($0) } ?? .null }

  /// An object that begins with the version of the tool's output, as every one on a line of its own does.
  static func record(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object([(key: "schema", value: .whole(1))] + members.map { (key: $0.key, value: $0.value) })
  }

  /// The value in one line, without white space.
  var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .whole(let value): text += String(value)
    case .number(let value): text += Self.text(of: value)
    case .string(let value): Self.write(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        Self.write(member.key, to: &text)
        text += ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }

  /// The shortest digits that read back as the same number; whole numbers without a fraction, as other programs expect
  /// of milliseconds. JSON knows neither infinity nor NaN: they become null.
  private static func text(of value: Double) -> String {
    guard value.isFinite else { return "null" }
    if let whole = Int64(exactly: value), whole.magnitude <= 1 << 53 { return String(whole) }
    return "\(value)"
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(members.map { (key: $0.0, value: $0.1) })
  }
}
