internal import SegmentCodecs
internal import SegmentFiles

/// Dictionaries that are in use, shared by all who decode with them and bounded in bytes; read from the disk when
/// first asked for.
final class DictionaryCache: Sendable {
  private struct State {
    var loaded: [Identifier: (dictionary: ZstdDictionary, used: UInt64)] = [:]
    var clock: UInt64 = 0
    var bytes = 0
    /// Being read by some thread; others wait for it.
    var loading: Set<Identifier> = []
  }

  private let state = Monitor(State())
  private let environment: StoreEnvironment
  private let layout: Layout
  private let limit: Int
  private let contexts: ContextPool

  init(_ environment: StoreEnvironment, _ layout: Layout, _ contexts: ContextPool, limit: Int = 128 << 20) {
    self.contexts = contexts
    self.environment = environment
    self.layout = layout
    self.limit = limit
  }

  /// Lets go of a dictionary.
  func forget(_ id: Identifier) {
    state.withLock { state in
      if let gone = state.loaded.removeValue(forKey: id) { state.bytes -= gone.dictionary.contentFootprint }
    }
  }

  /// Whether a dictionary is there, or is being read.
  func isKnown(_ id: Identifier) -> Bool {
    state.withLock { $0.loaded[id] != nil || $0.loading.contains(id) }
  }

  /// The dictionary `facts` names. Blocks where it is not cached.
  func dictionary(_ facts: DictionaryFacts) throws(StoreError) -> ZstdDictionary {
    let cached = state.wait(while: { $0.loading.contains(facts.id) }) { state -> ZstdDictionary? in
      state.clock += 1
      state.loaded[facts.id]?.used = state.clock
      if let found = state.loaded[facts.id] { return found.dictionary }
      state.loading.insert(facts.id)
      return nil
    }
    if let cached { return cached }
    // Whoever waits tries by itself where this fails.
    defer { state.broadcast() }
    do throws(StoreError) {
      let dictionary = try DictionaryFile.load(facts, contexts, environment, layout)
      state.withLock { keep(dictionary, facts.id, &$0) }
      return dictionary
    } catch {
      state.withLock { _ = $0.loading.remove(facts.id) }
      throw error
    }
  }

  private func keep(_ dictionary: ZstdDictionary, _ id: Identifier, _ state: inout State) {
    state.loading.remove(id)
    state.loaded[id] = (dictionary, state.clock)
    state.bytes += dictionary.contentFootprint
    while state.bytes > limit, state.loaded.count > 1,
      let oldest = state.loaded.filter({ $0.key != id }).min(by: { $0.value.used < $1.value.used })
    {
      state.loaded[oldest.key] = nil
      state.bytes -= oldest.value.dictionary.contentFootprint
    }
  }
}
