import SegmentEngine

/// What may have happened to a store between one call and the next, from the events' point of view.
enum Stage: String, CaseIterable, Sendable {
  case acknowledged, reopened, flushed, flushedAndReopened, flushedAddedAndReopened, flushedTaggedAndReopened

  /// Brings it about; returns the store to go on with.
  func reach(_ store: ReplayStore, _ key: SessionKey, in folder: StoreFolder) async throws -> ReplayStore {
    switch self {
    case .acknowledged: return store
    case .reopened: break
    case .flushed:
      try await store.flush()
      return store
    case .flushedAndReopened: try await store.flush()
    case .flushedAddedAndReopened:
      try await store.flush()
      try await store.add([Sample.click(Sample.base + 9)], to: key)
    case .flushedTaggedAndReopened:
      try await store.flush()
      try await store.setTags(["stage": rawValue], on: key)
    }
    try await store.close()
    return try await folder.open()
  }

  /// Events it adds to the session.
  var events: Int { self == .flushedAddedAndReopened ? 1 : 0 }
}
