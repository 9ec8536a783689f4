internal import Foundation

/// The code of an article of the documentation, and of the tests that run it.
///
/// In a test it stands between `// [article]` and `// [end]`, in the article between ```` ```swift ```` and ```` ``` ````.
enum ArticleCode {
  /// The Swift code blocks of an article, in order.
  static func blocks(ofArticle name: String) throws -> [String] {
    try parts(
      of: root.appendingPathComponent("Sources/SegmentEngine/SegmentEngine.docc/\(name).md"), from: "```swift",
      to: "```")
  }

  /// The marked regions of a test file in this folder, in order.
  static func regions(ofTest name: String) throws -> [String] {
    try parts(
      of: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("\(name).swift"),
      from: "// [article]", to: "// [end]")
  }

  /// The articles, by file name without its extension.
  static func articles() throws -> [String] {
    let folder = root.appendingPathComponent("Sources/SegmentEngine/SegmentEngine.docc")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") }
      .map { String($0.dropLast(3)) }.sorted()
  }

  /// The folder of the package.
  private static var root: URL {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    return folder
  }

  /// The lines between each line that is `begin` and the next that is `end`, white space around them aside, without what
  /// they are indented by in common.
  private static func parts(of file: URL, from begin: String, to end: String) throws -> [String] {
    var parts: [String] = []
    var current: [Substring]?
    let text = try String(contentsOf: file, encoding: .utf8)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let mark = line.trimmingCharacters(in: .whitespaces)
      if let lines = current {
        if mark == end {
          parts.append(dedented(lines))
          current = nil
        } else {
          current = lines + [line]
        }
      } else if mark == begin {
        current = []
      }
    }
    // One that is never closed must not be equal to anything.
    if current != nil { parts.append("not closed in \(file.lastPathComponent)") }
    return parts
  }

  private static func dedented(_ lines: [Substring]) -> String {
    let indents = lines.filter { !$0.allSatisfy(\.isWhitespace) }.map { $0.prefix { $0 == " " }.count }
    let common = indents.min() ?? 0
    return lines.map { String($0.dropFirst(common)) }.joined(separator: "\n")
  }
}
