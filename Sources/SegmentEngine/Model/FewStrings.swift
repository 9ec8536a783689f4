/// A list of strings that mostly holds one: that one takes no memory of its own beside its text, as it would in an array.
package struct FewStrings: RandomAccessCollection, Hashable, Sendable, ExpressibleByArrayLiteral {
  private var first: String?
  private var others: [String] = []

  package init() {}

  package init(arrayLiteral elements: String...) {
    for element in elements { append(element) }
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { first == nil ? 0 : 1 + others.count }

  package subscript(position: Int) -> String {
    if position == 0, let first { return first }
    return others[position - 1]
  }

  package mutating func append(_ string: String) {
    if first == nil { first = string } else { others.appendTightly(string) }
  }
}
