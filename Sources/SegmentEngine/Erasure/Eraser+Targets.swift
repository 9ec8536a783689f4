internal import SegmentCodecs
internal import SegmentFiles

extension Eraser {
  /// Throws where there is nothing to erase: neither in the store, hidden or not, nor in a snapshot of it.
  func check(_ target: ErasureTarget, _ sessions: [SessionKey]) throws(StoreError) {
    if case .session(let key) = target {
      // Erased before, perhaps not to the end: what is left of it anywhere goes now.
      if core.contents.withLock({ $0.catalog.isErased(key) }) { return }
      if try isAnywhere(key, core) { return }
    } else if !sessions.isEmpty {
      return
    }
    for snapshot in core.catalog.state.snapshots {
      guard let other = try? opened(snapshot) else { continue }
      if case .session(let key) = target {
        if try isAnywhere(key, other) { return }
      } else {
        var search = ErasureSearch(other, control)
        if try !search.sessions(of: target).isEmpty { return }
      }
    }
    if case .session(let key) = target { throw core.absence(of: key) }
    throw StoreError(.notFound, "there is no session that this would erase")
  }

  /// Whether there is something of a session, whether or not readers may see it.
  func isAnywhere(_ key: SessionKey, _ core: StoreCore) throws(StoreError) -> Bool {
    let hash = KeyHash.of(key)
    let (live, index) = try core.indexed { contents, index in (contents.live[key], index) }
    if let live, !live.parts.isEmpty || live.pending > 0 { return true }
    for segment in index.find(hash) {
      guard let facts = index.packs[Int(segment.pack)] else { continue }
      do throws(StoreError) {
        let entry = try core.packs.pack(facts).readEntry(offset: segment.offset, length: segment.length)
        if entry?.session == key { return true }
      } catch {
        // It may be the session's, or was a moment ago.
        guard error.code == .damaged || error.code == .notFound else { throw error }
        return true
      }
    }
    return false
  }

  func name(of target: ErasureTarget) -> (Tombstone.Target, Hash128) {
    let key = core.catalog.state.erasureKey
    switch target {
    case .session(let session): return (.session, ErasureHash.of(session, key: key))
    case .visitor(let visitor, let project):
      return (.visitor, ErasureHash.of(.visitor, [project ?? "", visitor], key: key))
    case .tag(let name, let value, let project):
      return (.tag, ErasureHash.of(.tag, [project ?? "", name, value], key: key))
    case .project(let project): return (.project, ErasureHash.of(.project, [project], key: key))
    }
  }
}
