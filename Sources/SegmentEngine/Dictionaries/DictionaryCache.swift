internal import SegmentCodecs
internal import SegmentFiles

/// Dictionaries that are in use, shared by all who decode with them and bounded in bytes; read from the disk when
/// first asked for.
final class DictionaryCache: Sendable {
  private struct State {
    var loaded: [Identifier: (dictionary: ZstdDictionary, used: UInt64)] = [:]
    var clock: UInt64 = 0
    var bytes = 0
  }

  private let state = Lock(State())
  private let environment: StoreEnvironment
  private let layout: Layout
  private let limit: Int

  init(_ environment: StoreEnvironment, _ layout: Layout, limit: Int = 128 << 20) {
    self.environment = environment
    self.layout = layout
    self.limit = limit
  }

  /// Lets go of a dictionary.
  func forget(_ id: Identifier) {
    state.withLock { state in
      if let gone = state.loaded.removeValue(forKey: id) { state.bytes -= gone.dictionary.byteCount }
    }
  }

  /// The dictionary `facts` names. Blocks where it is not cached.
  func dictionary(_ facts: DictionaryFacts) throws(StoreError) -> ZstdDictionary {
    let cached = state.withLock { state -> ZstdDictionary? in
      state.clock += 1
      state.loaded[facts.id]?.used = state.clock
      return state.loaded[facts.id]?.dictionary
    }
    if let cached { return cached }
    let content = try DictionaryFile.read(facts, isHashed: false, environment, layout)
    let dictionary: ZstdDictionary
    do { dictionary = try ZstdDictionary(content) } catch {
      throw StoreError(.damaged, "dictionary \(facts.id) cannot be used: \(error.detail)")
    }
    return state.withLock { state in
      if let other = state.loaded[facts.id] { return other.dictionary }
      state.loaded[facts.id] = (dictionary, state.clock)
      state.bytes += dictionary.byteCount
      while state.bytes > limit, state.loaded.count > 1,
        let oldest = state.loaded.filter({ $0.key != facts.id }).min(by: { $0.value.used < $1.value.used })
      {
        state.loaded[oldest.key] = nil
        state.bytes -= oldest.value.dictionary.byteCount
      }
      return dictionary
    }
  }
}
