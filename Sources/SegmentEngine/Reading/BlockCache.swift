internal import SegmentCodecs
internal import SegmentFiles

/// Blocks that were decompressed for somebody who plays from a moment on, bounded in bytes: who seeks back and forth asks
/// for the same ones again.
///
/// What stays is what is dear: each block is worth what decompressing it costs for each byte it takes, and grows old
/// as others go. Nothing of it outlives what it was read from: who drops a pack, or destroys a part of one, has it
/// forgotten, and what was read before that and comes later is not taken.
final class BlockCache: Sendable {
  struct Place: Hashable, Sendable {
    var pack: Identifier
    var offset: UInt64
  }

  fileprivate struct Entry {
    var block: ZstdPrefix
    /// What decompressing costs, for each byte of memory.
    var price: Double
    /// The price, above what `floor` was when it was last asked for.
    var worth: Double
  }

  fileprivate struct State {
    var entries: [Place: Entry] = [:]
    var bytes = 0
    /// Grows with all that comes when it is full: what nobody asks for is worth less and less beside what comes.
    var floor = 0.0
    /// Counts how often something was forgotten.
    var generation: UInt64 = 0
    /// Blocks that may not be decompressed to the end: oldest first.
    var open: [Place] = []
  }

  /// At most so many blocks keep what decompressing goes on with: a context of some 160 KB, and a dictionary.
  static let openLimit = 8

  private let state = Lock(State())
  private let limit: Int

  /// None is kept where `limit` is 0.
  init(limit: Int) { self.limit = max(0, limit) }

  /// Bytes that are held.
  var byteCount: Int { state.withLock { $0.bytes } }
  var count: Int { state.withLock { $0.entries.count } }

  /// The block at a place, if it is there, and what `keep` is to be told where it is not.
  func find(_ place: Place) -> (block: ZstdPrefix?, generation: UInt64) {
    state.withLock { state in
      guard let entry = state.entries[place] else { return (nil, state.generation) }
      state.entries[place]?.worth = state.floor + entry.price
      return (entry.block, state.generation)
    }
  }

  /// Keeps a block, in the place of one that was kept there. `stored` are its bytes on the disk, which say nearly what
  /// decompressing it costs; `generation` is what `find` gave before it was read.
  func keep(_ block: ZstdPrefix, at place: Place, stored: Int, _ generation: UInt64) {
    // One block is not to drive all others out.
    guard block.footprint <= limit / 4 else { return }
    // In frames of recordings a byte that is stored takes a hundred times as long as one that is copied.
    let price = (Double(stored) * 100 + Double(block.rawLength)) / Double(max(1, block.footprint))
    let gone = state.withLock { state -> [ZstdPrefix] in
      guard state.generation == generation else { return [] }
      var gone: [ZstdPrefix] = []
      if let old = state.remove(place) { gone.append(old) }
      let worth = state.floor + price
      if state.bytes + block.footprint > limit {
        // Slowly: by the price of what comes, once that is four times as much as there is room for.
        state.floor += price * Double(block.footprint) / Double(4 * limit)
      }
      while state.bytes + block.footprint > limit,
        let least = state.entries.min(by: { $0.value.worth < $1.value.worth })
      {
        // It would be the first to go.
        if worth <= least.value.worth { return gone }
        if let old = state.remove(least.key) { gone.append(old) }
      }
      state.entries[place] = Entry(block: block, price: price, worth: worth)
      state.bytes += block.footprint
      state.open.append(place)
      if state.open.count > Self.openLimit, let oldest = state.entries[state.open.removeFirst()] {
        oldest.block.letGo()
      }
      return gone
    }
    // Freed outside of the lock.
    withExtendedLifetime(gone) {}
  }

  /// Forgets the blocks of some packs.
  func forget(_ packs: some Collection<Identifier>) {
    if packs.isEmpty || limit == 0 { return }
    let packs = Set(packs)
    forget { packs.contains($0.pack) }
  }

  /// Forgets one block.
  func forget(_ place: Place) { forget { $0 == place } }

  private func forget(_ isGone: (Place) -> Bool) {
    let gone = state.withLock { state -> [ZstdPrefix] in
      state.generation += 1
      return state.entries.keys.filter(isGone).compactMap { state.remove($0) }
    }
    withExtendedLifetime(gone) {}
  }
}

extension BlockCache.State {
  fileprivate mutating func remove(_ place: BlockCache.Place) -> ZstdPrefix? {
    guard let entry = entries.removeValue(forKey: place) else { return nil }
    bytes -= entry.block.footprint
    open.removeAll { $0 == place }
    return entry.block
  }
}
