/// A pattern of text: `*` stands for any run of characters, `?` for one.
package struct Glob: Sendable {
  private let pattern: [Unicode.Scalar]

  package init(_ pattern: String) { self.pattern = Array(pattern.unicodeScalars) }

  /// True where the whole text is like the pattern. O(pattern x text) at worst, without recursion.
  package func matches(_ text: String) -> Bool {
    let text = Array(text.unicodeScalars)
    var (at, position) = (0, 0)
    // The last star, and how far the run reaches that it stands for. Going back further than to that never helps.
    var star: (at: Int, position: Int)?
    while position < text.count {
      if at < pattern.count, pattern[at] == "*" {
        star = (at, position)
        at += 1
      } else if at < pattern.count, pattern[at] == "?" || pattern[at] == text[position] {
        at += 1
        position += 1
      } else if let last = star {
        star = (last.at, last.position + 1)
        (at, position) = (last.at + 1, last.position + 1)
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == "*" }
  }
}
