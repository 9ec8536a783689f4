internal import SegmentFiles

/// Packs that are open, bounded in number. A reader that holds one keeps it open for as long as it needs it.
final class PackCache: Sendable {
  private struct State {
    var open: [Identifier: (pack: PackFile, used: UInt64)] = [:]
    var clock: UInt64 = 0
    /// Packs that are being erased from are read as if that were done.
    var patches: [Identifier: FilePatch] = [:]
  }

  private let state = Lock(State())
  private let environment: StoreEnvironment
  private let layout: Layout
  private let limit: Int
  /// What was decompressed of them.
  private let blocks: BlockCache

  init(_ environment: StoreEnvironment, _ layout: Layout, limit: Int, _ blocks: BlockCache) {
    self.blocks = blocks
    self.environment = environment
    self.layout = layout
    self.limit = max(1, limit)
  }

  /// The open pack; opens it where needed. Throws `.notFound` where its file is gone. Blocks.
  func pack(_ facts: PackFacts) throws(StoreError) -> PackFile {
    let cached = state.withLock { state -> PackFile? in
      state.clock += 1
      state.open[facts.id]?.used = state.clock
      return state.open[facts.id]?.pack
    }
    if let cached { return cached }
    let patch = state.withLock { $0.patches[facts.id] }
    let opened = try PackFile(facts, environment, layout, patch: patch)
    return state.withLock { state in
      // A patch came meanwhile: this one is good for one use, and not kept.
      if state.patches[facts.id] != patch { return opened }
      if let other = state.open[facts.id] { return other.pack }
      if state.open.count >= limit, let oldest = state.open.min(by: { $0.value.used < $1.value.used }) {
        state.open[oldest.key] = nil
      }
      state.open[facts.id] = (opened, state.clock)
      return opened
    }
  }

  /// Takes over which packs are being erased from.
  func setPatches(_ patches: [Identifier: FilePatch]) {
    let changed = state.withLock { state in
      let changed = Set(patches.keys).union(state.patches.keys).filter { patches[$0] != state.patches[$0] }
      for id in changed { state.open[id] = nil }
      state.patches = patches
      return changed
    }
    // Not before: what is read from now on is read with the patch.
    blocks.forget(changed)
  }

  /// Lets go of packs that the catalog dropped, so that their space is freed.
  func close(_ ids: some Collection<Identifier>) {
    state.withLock { state in
      for id in ids { state.open[id] = nil }
    }
    blocks.forget(ids)
  }
}
