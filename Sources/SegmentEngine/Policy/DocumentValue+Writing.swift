extension DocumentValue {
  /// The document this is the root of: two spaces a level, a line feed at the end.
  var text: String {
    var text = ""
    write(to: &text, indentation: "\n")
    return text + "\n"
  }

  /// `indentation` begins a line at the level of this value.
  private func write(to text: inout String, indentation: String) {
    let inner = indentation + "  "
    switch content {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .number(_, let literal): text += literal
    case .string(let string): text += DocumentText.quoted(string)
    case .array(let elements) where elements.isEmpty: text += "[]"
    case .array(let elements):
      for (place, element) in elements.enumerated() {
        text += (place == 0 ? "[" : ",") + inner
        element.write(to: &text, indentation: inner)
      }
      text += indentation + "]"
    case .object(let members) where members.isEmpty: text += "{}"
    case .object(let members):
      for (place, member) in members.enumerated() {
        text += (place == 0 ? "{" : ",") + inner + DocumentText.quoted(member.name) + ": "
        member.value.write(to: &text, indentation: inner)
      }
      text += indentation + "}"
    }
  }
}
