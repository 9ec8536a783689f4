/// The nodes that an event brings. rrweb writes a node's id behind its children, so their parents' ids are known only
/// when all is read.
struct NodeDrafts {
  private struct Draft {
    var node = PageNode()
    var id = 0
    /// Index of the draft above; -1 for the first of a tree.
    var parent: Int
    /// rrweb's id of the node that a tree is put under.
    var above = 0
  }

  /// A node that is being read.
  private struct Level {
    var draft: Int
    var isAmongChildren = false
  }

  /// Names of tags, ids and classes, of all events so far.
  var names = NameTable()
  private var drafts: [Draft] = []
  private var levels: [Level] = []

  mutating func removeAll() { drafts.removeAll(keepingCapacity: true) }

  /// rrweb's id of a draft; 0 where the event did not tell.
  func id(of draft: Int) -> Int { drafts[draft].id }

  /// Reads the node that comes next with all that is below it. Returns the draft of it, nil where it is no node.
  mutating func read(_ reader: inout LenientJSONReader, _ sightings: inout Sightings) -> Int? {
    guard reader.enterObject() else {
      reader.skip()
      return nil
    }
    let root = drafts.count
    begin(under: -1)
    while let last = levels.indices.last {
      let level = levels[last]
      if level.isAmongChildren {
        if !reader.nextElement() {
          levels[last].isAmongChildren = false
        } else if reader.enterObject() {
          begin(under: level.draft)
        } else {
          reader.skip()
        }
      } else if let key = reader.nextKey() {
        if reader.holds(key, "childNodes"), reader.enterArray() {
          levels[last].isAmongChildren = true
        } else {
          take(key, of: level.draft, &reader, &sightings)
        }
      } else {
        levels.removeLast()
      }
    }
    return root
  }

  /// Says where a tree is put.
  mutating func put(_ root: Int, under id: Int) { drafts[root].above = id }

  /// Makes the drafts nodes of a page.
  func commit(to nodes: inout PageNodes) {
    for draft in drafts where draft.id != 0 {
      var node = draft.node
      node.parent = draft.parent < 0 ? draft.above : drafts[draft.parent].id
      nodes.put(node, at: draft.id)
    }
  }

  private mutating func begin(under parent: Int) {
    levels.append(Level(draft: drafts.count))
    drafts.append(Draft(parent: parent))
  }

  private mutating func take(
    _ key: LenientJSONReader.Text, of draft: Int, _ reader: inout LenientJSONReader, _ sightings: inout Sightings
  ) {
    switch key.range.count {
    case 2 where reader.holds(key, "id"): drafts[draft].id = reader.integer() ?? 0
    case 4 where reader.holds(key, "type"):
      if reader.integer() == 5 { drafts[draft].node.tag = names.number(of: Self.comment) }
    case 7 where reader.holds(key, "tagName"): takeTag(of: draft, &reader)
    case 7 where reader.holds(key, "isStyle"):
      if let value = reader.scalar() {
        drafts[draft].node.isCode = reader.bytes[value.lowerBound] == UInt8(ascii: "t")
      } else {
        reader.skip()
      }
    case 10 where reader.holds(key, "attributes"):
      var node = drafts[draft].node
      AttributeWalk.read(&reader, of: .draft(draft), &sightings) { label, value in
        if let value { node.take(label, value, &names) }
      }
      drafts[draft].node = node
    case 11 where reader.holds(key, "textContent"):
      guard let text = reader.string() else { return reader.skip() }
      let parent = drafts[draft].parent
      if parent >= 0, drafts[parent].node.isCode { return }
      sightings.look(at: text, of: reader, .text, .draft(draft))
    default: reader.skip()
    }
  }

  private mutating func takeTag(of draft: Int, _ reader: inout LenientJSONReader) {
    guard let text = reader.string() else { return reader.skip() }
    let name = reader.bytes[text.range]
    drafts[draft].node.tag = names.number(of: ShownName.isElementName(name) ? name : Self.unshown)
    if reader.holds(text, "style") || reader.holds(text, "script") { drafts[draft].node.isCode = true }
  }

  /// What comments are called in paths.
  private static let comment = Array("(comment)".utf8)[...]
  private static let unshown = Array("*".utf8)[...]
}
