/// The nodes of the page in a window, by rrweb's ids.
struct PageNodes {
  /// How many levels of a path are shown.
  private static let levels = 4
  /// Parents of parents lead to the root sooner, unless somebody made them up.
  private static let deepest = 10_000
  /// A page that was never recorded anew keeps nodes that are gone: this bounds them.
  private static let most = 1_000_000

  /// What stands for an element that no event told of.
  static let unknown = "?"

  private var nodes: [Int: PageNode] = [:]

  subscript(id: Int) -> PageNode? { nodes[id] }

  mutating func removeAll() { nodes.removeAll(keepingCapacity: true) }

  mutating func remove(_ id: Int) { nodes[id] = nil }

  mutating func put(_ node: PageNode, at id: Int) {
    if nodes.count < Self.most || nodes[id] != nil { nodes[id] = node }
  }

  /// Changes a node that is there.
  mutating func change(_ id: Int, _ change: (inout PageNode) -> Void) {
    guard var node = nodes[id] else { return }
    change(&node)
    nodes[id] = node
  }

  /// True for a style sheet or script, and for the text in one.
  func isCode(_ id: Int) -> Bool {
    guard let node = nodes[id] else { return false }
    return node.isCode || (nodes[node.parent]?.isCode ?? false)
  }

  /// The elements around a node and itself, the last four: `div.page > form#login > label > input[name=email]`.
  func path(of id: Int, _ names: NameTable) -> String {
    var steps: [String] = []
    var (next, depth) = (id, 0)
    while steps.count < Self.levels, depth < Self.deepest, let node = nodes[next] {
      if node.tag != NameTable.none { steps.append(node.text(names)) }
      if node.parent == next { break }
      next = node.parent
      depth += 1
    }
    return steps.isEmpty ? Self.unknown : steps.reversed().joined(separator: " > ")
  }
}
