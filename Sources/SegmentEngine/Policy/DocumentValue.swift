/// A value of a JSON document, with its place.
struct DocumentValue: Sendable {
  /// One field of an object. Names may occur twice here; who uses the object refuses that.
  struct Member: Sendable {
    var name: String
    /// Where the name begins, bytes.
    var offset: Int
    var value: DocumentValue
  }

  enum Content: Sendable {
    case null
    case boolean(Bool)
    /// The number nearest to what is written, infinite where none is near; and what is written, which says more where a
    /// count is meant.
    case number(Double, literal: String)
    case string(String)
    case array([DocumentValue])
    case object([Member])
  }

  var content: Content
  /// Where it begins, bytes.
  var offset: Int

  /// What it is, for messages.
  var shown: String {
    switch content {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .number(_, let literal): DocumentText.cut(literal)
    case .string(let text): DocumentText.shown(text)
    case .array: "an array"
    case .object: "an object"
    }
  }
}
