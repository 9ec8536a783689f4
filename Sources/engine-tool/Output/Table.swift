/// Text in aligned columns with a line of headings.
struct Table {
  /// To which side a column's cells go.
  enum Alignment { case left, right }

  private let headings: [String]
  private let alignments: [Alignment]
  private let shown: [Int]
  private var rows: [[String]] = []

  /// `without` names columns that are left out.
  init(_ columns: KeyValuePairs<String, Alignment>, without hidden: Set<String> = []) {
    self.init(columns.map { (key: $0.key, value: $0.value) }, without: hidden)
  }

  /// The same for columns that are put together.
  init(_ columns: [(key: String, value: Alignment)], without hidden: Set<String>) {
    headings = columns.map(\.key)
    alignments = columns.map(\.value)
    shown = headings.indices.filter { !hidden.contains(columns[$0].key) }
  }

  /// Adds a row of one cell a column, those left out included.
  mutating func add(_ cells: String...) {
    precondition(cells.count == headings.count)
    rows.append(cells.map(\.printable))
  }

  /// The table, each line ended by a line feed.
  var text: String {
    let lines = ([headings] + rows).map { cells in shown.map { cells[$0] } }
    return Self.align(lines, shown.map { alignments[$0] })
  }

  /// Names and values in two columns, without headings.
  static func facts(_ facts: KeyValuePairs<String, String>) -> String {
    align(facts.map { [$0.key, $0.value.printable] }, [.left, .left])
  }

  private static func align(_ lines: [[String]], _ alignments: [Alignment]) -> String {
    var widths = [Int](repeating: 0, count: alignments.count)
    for line in lines {
      for (column, cell) in line.enumerated() { widths[column] = max(widths[column], cell.count) }
    }
    var text = ""
    for cells in lines {
      var line = ""
      for (column, cell) in cells.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        if column > 0 { line += "  " }
        line += alignments[column] == .right ? space + cell : cell + space
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }
}
