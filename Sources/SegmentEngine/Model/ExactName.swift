/// A name that is equal to another when their UTF-8 bytes are, not by Unicode equivalence.
struct ExactName: Hashable, Comparable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (a: ExactName, b: ExactName) -> Bool { NameBytes.same(a.text, b.text) }

  static func < (a: ExactName, b: ExactName) -> Bool { NameBytes.precedes(a.text, b.text) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
