import SegmentEngine

/// Looks at the events of one session in their order: follows the pages of its windows, and finds secrets in them.
struct EventAudit {
  /// What is known of a window when an event comes.
  private struct Window {
    var name: String
    var page = ShownPage.unknown
    var nodes = PageNodes()
  }

  /// A secret with its place, as it is reported.
  struct Found {
    var page: String
    /// Of elements, or of keys; empty for the page's own address.
    var path: String
    var place: FindingPlace
    var secret: Secret
  }

  /// What became of the events.
  struct Counts {
    var events: UInt64 = 0
    var bytes: UInt64 = 0
    /// Compressed by the recorder, wholly or in part: that part was not looked into.
    var packed: UInt64 = 0
    /// Of types that are not known.
    var unknown: UInt64 = 0
    /// Not JSON, or not throughout.
    var unreadable: UInt64 = 0
  }

  private(set) var counts = Counts()
  private var windows: [Window] = []
  private var drafts = NodeDrafts()
  private var sightings: Sightings

  /// A session of more windows keeps the last of them.
  private static let mostWindows = 64

  init(_ search: SecretSearch) { sightings = Sightings(search) }

  /// Looks at a run of events; `found` is called for each secret.
  mutating func look(at chunk: EventChunk, _ found: (Found) -> Void) {
    for event in chunk.events {
      look(at: LenientJSONReader(chunk.ndjson, event.bytes), EventTreatment(event.kind), window: event.window, found)
    }
    counts.bytes += UInt64(chunk.ndjson.count)
  }

  /// Looks at one event.
  mutating func look(
    at event: LenientJSONReader, _ treatment: EventTreatment, window name: String, _ found: (Found) -> Void
  ) {
    counts.events += 1
    switch treatment {
    case .pass: return
    case .packed: counts.packed += 1
    default:
      let window = self.window(name)
      sightings.removeAll()
      drafts.removeAll()
      if treatment.isOfUnknownType { counts.unknown += 1 }
      var data = event
      guard data.enterObject() else {
        counts.unreadable += 1
        return
      }
      guard data.goTo("data") else {
        if data.isBroken { counts.unreadable += 1 }
        return
      }
      if data.peek() == UInt8(ascii: "\"") {
        counts.packed += 1
        return
      }
      // Where the meaning is not known, what stands beside the data is as good.
      if treatment.isOfUnknownType { data = event }
      read(&data, treatment, window)
      if data.isBroken { counts.unreadable += 1 }
      for sighting in sightings.list { if let place = self.place(sighting, window) { found(place) } }
    }
  }

  private mutating func window(_ name: String) -> Int {
    // Names that Unicode holds to be equivalent are different windows.
    if let index = windows.lastIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return index }
    if windows.count == Self.mostWindows { windows.removeFirst() }
    windows.append(Window(name: name))
    return windows.count - 1
  }

  /// Reads what the event is about.
  private mutating func read(_ data: inout LenientJSONReader, _ treatment: EventTreatment, _ window: Int) {
    switch treatment {
    case .pass, .packed: break
    case .meta: readPage(&data, window)
    case .snapshot: readSnapshot(&data, window)
    case .mutation: readMutation(&data, window)
    case .input: readInput(&data)
    case .custom: KeyedStrings(place: .custom, head: Self.name("tag", of: data)).walk(&data, &sightings)
    case .plugin:
      let name = Self.name("plugin", of: data)
      KeyedStrings(place: FindingPlace(plugin: name), head: name).walk(&data, &sightings)
    case .strings(let place): KeyedStrings(place: place, head: "").walk(&data, &sightings)
    case .unknown: KeyedStrings(place: .other, head: "").walk(&data, &sightings)
    }
  }

  /// The name an event calls itself by, as it may be shown.
  private static func name(_ key: StaticString, of data: LenientJSONReader) -> String {
    var ahead = data
    guard ahead.enterObject(), ahead.goTo(key), let text = ahead.string() else { return "" }
    return ShownName.key(ahead.characters(text))
  }

  private mutating func readPage(_ data: inout LenientJSONReader, _ window: Int) {
    guard data.enterObject() else { return data.skip() }
    while let key = data.nextKey() {
      if data.holds(key, "href"), let address = data.string() {
        windows[window].page = ShownPage.text(of: data.characters(address))
        sightings.look(at: address, of: data, .url, .page)
      } else {
        data.skip()
      }
    }
  }

  private mutating func readSnapshot(_ data: inout LenientJSONReader, _ window: Int) {
    guard data.enterObject() else { return data.skip() }
    windows[window].nodes.removeAll()
    while let key = data.nextKey() {
      if data.holds(key, "node") { _ = drafts.read(&data, &sightings) } else { data.skip() }
    }
    drafts.commit(to: &windows[window].nodes)
  }

  private mutating func readInput(_ data: inout LenientJSONReader) {
    guard data.enterObject() else { return data.skip() }
    var id = 0
    var text: LenientJSONReader.Text?
    while let key = data.nextKey() {
      if data.holds(key, "id") {
        id = data.integer() ?? 0
      } else if data.holds(key, "text"), let value = data.string() {
        text = value
      } else {
        data.skip()
      }
    }
    if let text { sightings.look(at: text, of: data, .input, .node(id)) }
  }

  private mutating func readMutation(_ data: inout LenientJSONReader, _ window: Int) {
    var walk = MutationWalk()
    walk.read(&data, &drafts, &sightings)
    walk.apply(to: &windows[window].nodes, &drafts)
    if walk.isPacked { counts.packed += 1 }
  }

  /// Where something is; nil where it is in a style sheet or a script.
  private func place(_ sighting: Sighting, _ window: Int) -> Found? {
    let id: Int
    switch sighting.owner {
    case .page: return found(sighting, window, "")
    case .keys(let keys): return found(sighting, window, keys)
    case .node(let node): id = node
    case .draft(let draft): id = drafts.id(of: draft)
    }
    if sighting.place == .text, windows[window].nodes.isCode(id) { return nil }
    return found(sighting, window, windows[window].nodes.path(of: id, drafts.names))
  }

  private func found(_ sighting: Sighting, _ window: Int, _ path: String) -> Found {
    let value = String(decoding: sighting.secret.value, as: UTF8.self)
    let page = windows[window].page
    // A token of letters looks like a name where nothing says that it is a token.
    return Found(
      page: page.contains(value) ? ShownPage.hidden : page, path: path.contains(value) ? ShownPage.hidden : path,
      place: sighting.place, secret: sighting.secret)
  }
}
