internal import Logging
internal import SegmentFiles

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
    let hash = KeyHash.of(key)
    do throws(StoreError) {
      try refreshAll()
      if let refusal = refusal(of: key) { return refusal }
      let isThere = try indexed { contents, index in
        index.contains(hash) || !(contents.live[key]?.parts.isEmpty ?? true)
      }
      return isThere ? nil : departure(of: key)
    } catch {
      return nil
    }
  }

  /// What to say of a session that was there and of which nothing is: whole packs expire without a word on what is in them.
  func departure(of key: SessionKey) -> StoreError {
    refusal(of: key)
      ?? StoreError(
        .sessionExpired, "session \(key) has expired; nothing is left of it", location: .init(session: key))
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
