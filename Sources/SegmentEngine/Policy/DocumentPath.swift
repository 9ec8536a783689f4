/// The way to a value from the root of its document, as messages name it: `rules[2].when.tags["my key"]`.
struct DocumentPath: Sendable {
  /// Empty for the root.
  private(set) var text = ""

  /// The way to a field of the object here.
  func field(_ name: String) -> DocumentPath {
    let isPlain = !name.isEmpty && name.utf8.count <= 64 && name.utf8.allSatisfy(Self.isPlain)
    guard isPlain else { return DocumentPath(text: "\(text)[\(DocumentText.shown(name))]") }
    return DocumentPath(text: text.isEmpty ? name : "\(text).\(name)")
  }

  /// The way to an element of the array here.
  func element(_ index: Int) -> DocumentPath { DocumentPath(text: "\(text)[\(index)]") }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension DocumentPath: CustomStringConvertible {
  /// For messages.
  var description: String { text.isEmpty ? "the document" : text }
}
