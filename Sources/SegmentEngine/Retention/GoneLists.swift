internal import Logging
internal import SegmentFiles

/// Looks after the lists of gone sessions. Called under the maintenance lock.
struct GoneLists {
  let core: StoreCore

  /// More lists than this are made one, so that looking a session up stays cheap.
  static let most = 8

  /// Drops lists that nothing of is remembered any longer, and makes many one. Returns whether anything was done.
  func tidy() throws(StoreError) -> Bool {
    let today = Day.of(core.environment.clock.now())
    let all = core.catalog.state.gone
    let past = all.filter { $0.lastDay < today }
    let left = all.filter { $0.lastDay >= today }
    var merged: GoneFacts?
    var replaced: [GoneFacts] = []
    if left.count > Self.most, left.reduce(0, { $0 + $1.entries }) < UInt64(GoneList.limit) {
      var entries: [GoneList.Entry] = []
      for facts in left {
        do throws(StoreError) {
          entries += try GoneList.read(
            facts, store: core.catalog.state.store, core.environment, core.layout).entries.filter { $0.untilDay >= today }
          replaced.append(facts)
        } catch {
          // Stays as it is, for verify to tell.
          guard error.code == .damaged || error.code == .notFound else { throw error }
        }
      }
      if !entries.isEmpty { merged = try GoneList(entries).install(core) }
    }
    let dropped = past + replaced
    if dropped.isEmpty { return false }
    do throws(StoreError) {
      core.settle(
        try core.catalog.commit(.freeing) { _ in
          dropped.map { .removeGone($0.id) } + (merged.map { [.addGone($0)] } ?? [])
        })
    } catch {
      if error.code == .diskFull || error.code == .conflict, let merged {
        try? core.environment.files.unlink(core.layout.gone(merged.id))
      }
      throw error
    }
    for facts in dropped { try? core.environment.files.unlink(core.layout.gone(facts.id)) }
    return true
  }
}

extension StoreCore {
  /// Why nothing more is taken in of a session; nil where it is welcome.
  func refusal(of key: SessionKey) -> StoreError? {
    let now = environment.clock.now()
    return contents.withLock { contents in Self.refusal(of: key, now: now, contents) }
  }

  static func refusal(of key: SessionKey, now: Double, _ contents: Contents) -> StoreError? {
    let today = Day.of(now)
    if contents.catalog.isErased(key) {
      return StoreError(
        .sessionErased, "session \(key) was erased; nothing more is taken of it", location: .init(session: key))
    }
    if contents.gone.isEmpty { return nil }
    let hash = KeyHash.of(key)
    for list in contents.gone.values {
      guard let reason = list.reason(hash, on: today) else { continue }
      return StoreError(
        reason == .dropped ? .sessionDropped : .sessionExpired,
        reason == .dropped
          ? "session \(key) was left out by the sampling policy; nothing more is taken of it"
          : "session \(key) has expired; nothing more is taken of it",
        location: .init(session: key))
    }
    return nil
  }

  /// What to say of a session that is not there.
  func absence(of key: SessionKey) -> StoreError { refusal(of: key) ?? .noSession(key) }

  /// What to say where something of a session could not be read, if it was let go meanwhile; nil where it was not.
  func letGo(_ key: SessionKey) -> StoreError? {
    do throws(StoreError) { try refreshAll() } catch { return nil }
    return refusal(of: key)
  }

  /// A list that is lost or damaged costs only the memory of what is gone: it is reported, and taken for empty.
  func goneList(_ facts: GoneFacts) throws(StoreError) -> GoneList? {
    do throws(StoreError) { return try GoneList.read(facts, store: catalog.state.store, environment, layout) } catch {
      guard error.code == .damaged || error.code == .notFound else { throw error }
      _ = try catalog.refresh()
      guard catalog.state.gone.contains(where: { $0.id == facts.id }) else { return nil }
      logger?.error("a list of gone sessions cannot be read", metadata: ["list": "\(facts.id)", "error": "\(error)"])
      return GoneList([])
    }
  }
}
