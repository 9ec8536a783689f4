/// Reads a mutation: nodes that came and went, texts and attributes that changed.
struct MutationWalk {
  /// A change of what an element is called by.
  private struct Relabelling {
    var id: Int
    var label: PageNode.Label
    var value: [UInt8]?
  }

  /// Some of it was compressed by the recorder.
  private(set) var isPacked = false
  private var removed: [Int] = []
  private var relabelled: [Relabelling] = []

  /// Reads the event's data.
  mutating func read(_ data: inout LenientJSONReader, _ drafts: inout NodeDrafts, _ sightings: inout Sightings) {
    guard data.enterObject() else { return data.skip() }
    while let key = data.nextKey() {
      let isKnown =
        data.holds(key, "adds") || data.holds(key, "removes") || data.holds(key, "texts")
        || data.holds(key, "attributes")
      guard isKnown, data.enterArray() else {
        if isKnown, data.peek() == UInt8(ascii: "\"") { isPacked = true }
        data.skip()
        continue
      }
      while data.nextElement() {
        guard data.enterObject() else {
          data.skip()
          continue
        }
        switch key.range.count {
        case 4: readAdded(&data, &drafts, &sightings)
        case 5: readText(&data, &sightings)
        case 7: readRemoved(&data)
        default: readAttributes(&data, &sightings)
        }
      }
    }
  }

  /// Changes the page: a node that moved is among the removed and the added.
  func apply(to nodes: inout PageNodes, _ drafts: inout NodeDrafts) {
    for id in removed { nodes.remove(id) }
    drafts.commit(to: &nodes)
    for change in relabelled {
      nodes.change(change.id) { node in
        if let value = change.value {
          node.take(change.label, value[...], &drafts.names)
        } else if node.label == change.label {
          (node.label, node.name) = (.none, NameTable.none)
        }
      }
    }
  }

  private func readAdded(_ data: inout LenientJSONReader, _ drafts: inout NodeDrafts, _ sightings: inout Sightings) {
    var parent = 0
    var root: Int?
    while let key = data.nextKey() {
      if data.holds(key, "parentId") {
        parent = data.integer() ?? 0
      } else if data.holds(key, "node") {
        root = drafts.read(&data, &sightings)
      } else {
        data.skip()
      }
    }
    if let root { drafts.put(root, under: parent) }
  }

  private mutating func readRemoved(_ data: inout LenientJSONReader) {
    while let key = data.nextKey() {
      if data.holds(key, "id") { data.integer().map { removed.append($0) } } else { data.skip() }
    }
  }

  private func readText(_ data: inout LenientJSONReader, _ sightings: inout Sightings) {
    var id = 0
    var text: LenientJSONReader.Text?
    while let key = data.nextKey() {
      if data.holds(key, "id") {
        id = data.integer() ?? 0
      } else if data.holds(key, "value"), let value = data.string() {
        text = value
      } else {
        data.skip()
      }
    }
    if let text { sightings.look(at: text, of: data, .text, .node(id)) }
  }

  private mutating func readAttributes(_ data: inout LenientJSONReader, _ sightings: inout Sightings) {
    // The id is needed first, wherever it stands.
    var ahead = data
    let id = ahead.goTo("id") ? ahead.integer() ?? 0 : 0
    while let key = data.nextKey() {
      guard data.holds(key, "attributes") else {
        data.skip()
        continue
      }
      AttributeWalk.read(&data, of: .node(id), &sightings) { label, value in
        relabelled.append(Relabelling(id: id, label: label, value: value.map(Array.init)))
      }
    }
  }
}
