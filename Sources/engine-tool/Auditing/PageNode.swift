/// A node of a recorded page: as much of it as its place among others needs.
struct PageNode {
  /// What an element is called by, the better the higher.
  enum Label: UInt8, Comparable {
    case none, `class`, name, id

    static func < (a: Label, b: Label) -> Bool { a.rawValue < b.rawValue }
  }

  /// rrweb's id of the node above; 0 where there is none.
  var parent = 0
  /// Number of the tag's name; none for text and documents.
  var tag = NameTable.none
  var label = Label.none
  /// Number of the id, name or class.
  var name = NameTable.none
  /// A style sheet or a script.
  var isCode = false

  /// `form#login`, `input[name=email]`, `div.card`.
  func text(_ names: NameTable) -> String {
    let tag = names[tag]
    switch label {
    case .none: return tag
    case .class: return "\(tag).\(names[name])"
    case .name: return "\(tag)[name=\(names[name])]"
    case .id: return "\(tag)#\(names[name])"
    }
  }

  /// Takes an attribute for the label where it is a better one than that before. A class that is a hash gives way to the
  /// next class.
  mutating func take(_ label: Label, _ value: ArraySlice<UInt8>, _ names: inout NameTable) {
    guard label >= self.label else { return }
    let words = label == .class ? value.split(separator: UInt8(ascii: " "), maxSplits: 4) : [value]
    guard let word = words.prefix(4).first(where: { ShownName.isElementName($0) }) else { return }
    self.label = label
    name = names.number(of: word)
  }
}
