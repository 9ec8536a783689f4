internal import SegmentFiles

/// Finds the sessions that an erasure is about: in packs, in journals, and by edits that are not yet in either.
struct ErasureSearch {
  let core: StoreCore
  let control: MaintenanceControl
  /// Packs that could not be searched.
  private(set) var unreadable: [String] = []

  init(_ core: StoreCore, _ control: MaintenanceControl) {
    self.core = core
    self.control = control
  }

  /// The sessions, in order. One that is named is not looked for: it may be on its way.
  mutating func sessions(of target: ErasureTarget) throws(StoreError) -> [SessionKey] {
    switch target {
    case .session(let key): return [key]
    case .project(let project):
      return try search { key, _, _ in NameBytes.same(key.project, project) }
    case .visitor(let visitor, let project):
      return try search { key, found, _ in
        NameBytes.same(found, visitor) && project.map { NameBytes.same(key.project, $0) } ?? true
      }
    case .tag(let name, let value, let project):
      let candidates = try search { key, _, tags in
        tags.contains { NameBytes.same($0.key, name) && $0.value.map { NameBytes.same($0, value) } ?? false }
          && project.map { NameBytes.same(key.project, $0) } ?? true
      }
      var found: [SessionKey] = []
      // It may have another value by now.
      for key in candidates where try core.summary(of: key)?.tags[name].map({ NameBytes.same($0, value) }) ?? false {
        found.append(key)
      }
      return found
    }
  }

  private mutating func search(
    _ isWanted: (_ key: SessionKey, _ visitor: String, _ tags: [TagChange]) -> Bool
  ) throws(StoreError) -> [SessionKey] {
    var tries = 0
    while true {
      tries += 1
      if let found = try searchOnce(isWanted, isLast: tries == Self.tries) { return found }
    }
  }

  /// How often it begins anew where packs were rewritten meanwhile.
  private static let tries = 100

  /// Nil where a pack went before it was looked through: what was in it is in another one now.
  private mutating func searchOnce(
    _ isWanted: (_ key: SessionKey, _ visitor: String, _ tags: [TagChange]) -> Bool, isLast: Bool
  ) throws(StoreError) -> [SessionKey]? {
    try core.refreshAll()
    unreadable = []
    let (state, live) = core.contents.withLock { ($0.catalog, $0.live.sessions) }
    var found = Set<SessionKey>()
    for facts in state.packs {
      try control.check()
      do throws(StoreError) {
        let reader = try DirectoryReader(try core.packs.pack(facts))
        while let entry = try reader.next() {
          if isWanted(entry.session, entry.visitor, entry.tags.map(\.change)) { found.insert(entry.session) }
        }
        control.advance(facts.fileBytes - min(facts.fileBytes, facts.storedBytes))
      } catch {
        if error.code == .notFound, !isLast { return nil }
        guard error.code == .damaged || error.code == .notFound else { throw error }
        unreadable.append(core.layout.relative(core.layout.pack(facts.id)))
      }
    }
    for (key, session) in live
    where isWanted(key, session.visitor, session.parts.flatMap { $0.tags.map(\.change) }) { found.insert(key) }
    for edit in state.sessionEdits {
      if case .setTags(let changes) = edit.change, isWanted(edit.session, "", changes) { found.insert(edit.session) }
    }
    return found.filter { !state.isErased($0) }.sorted()
  }
}
