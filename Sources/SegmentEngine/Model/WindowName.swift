/// The name of a window where names are compared: equal when the bytes are, as session IDs are, not when Unicode holds
/// them to be equivalent.
struct WindowName: Hashable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (a: WindowName, b: WindowName) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }

  /// Whether two names are the same.
  static func same(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}
