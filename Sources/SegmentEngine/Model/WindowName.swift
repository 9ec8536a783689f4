/// The name of a window where names are compared: equal when the bytes are, as session IDs are, not when Unicode holds
/// them to be equivalent.
struct WindowName: Hashable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (a: WindowName, b: WindowName) -> Bool { NameBytes.same(a.text, b.text) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  /// Whether two names are the same.
  static func same(_ a: String, _ b: String) -> Bool { NameBytes.same(a, b) }
}
