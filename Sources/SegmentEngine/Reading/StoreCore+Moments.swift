internal import SegmentCodecs
internal import SegmentFiles

extension StoreCore {
  /// A unit's content as far as `isEnough` wants it of what is there from the start on, from memory where it is there.
  /// Nil for units that are read in one piece, and where the pack is gone: `load` looks for it again.
  func prefix(
    of unit: Unit, of key: SessionKey, until isEnough: (RawSpan) -> Bool
  ) throws(StoreError) -> ZstdPrefix? {
    guard case .block(let facts, let block, _, let dictionaries) = unit.source, block.codec == .zstd,
      block.raw >= Self.smallestPrefix
    else { return nil }
    let place = BlockCache.Place(pack: facts.id, offset: block.frameOffset)
    let (kept, generation) = blocks.find(place)
    let found: ZstdPrefix?
    if let kept, kept.rawLength == block.raw, try decompress(kept, block, of: key, in: facts, until: isEnough) {
      found = kept
    } else {
      do {
        let pack = try packs.pack(facts)
        let made = try begin(block, of: key, in: pack, dictionaries)
        _ = try decompress(made, block, of: key, in: facts, until: isEnough)
        blocks.keep(made, at: place, stored: block.stored, generation)
        found = made
      } catch  where error.code == .notFound {
        found = nil
      }
    }
    // As with `load`: from the erasure on it is not given, whatever is still in memory.
    if let refusal = refusal(of: key) { throw refusal }
    return found
  }

  /// The rest of a unit of which a part was given, from an offset in its content on.
  func rest(
    of unit: Unit, of key: SessionKey, _ prefix: ZstdPrefix, from offset: Int
  ) throws(StoreError) -> [UInt8] {
    if case .block(let facts, let block, _, _) = unit.source,
      try decompress(prefix, block, of: key, in: facts, until: { _ in false }),
      let content = prefix.copy(offset..<prefix.rawLength)
    {
      if let refusal = refusal(of: key) { throw refusal }
      return content
    }
    // It was given up meanwhile, for others.
    var content = try load(unit, of: key)
    content.removeFirst(min(offset, content.count))
    return content
  }

  /// Begins to read what a unit consists of. Only advice: what fails shows when it is read.
  func prefetch(_ unit: Unit) {
    guard case .block(let facts, let block, _, _) = unit.source, let pack = try? packs.pack(facts) else { return }
    pack.file.prefetch(at: block.frameOffset, count: UInt64(block.stored))
  }

  /// Shorter blocks are decompressed in one step.
  private static var smallestPrefix: Int { 128 << 10 }

  private func begin(
    _ block: BlockEntry, of session: SessionKey, in pack: PackFile, _ dictionaries: [Identifier]
  ) throws(StoreError) -> ZstdPrefix {
    let frame = try pack.readFrame(block, of: session)
    let dictionary = block.dictionary == 0 ? nil : try self.dictionary(dictionaries[block.dictionary - 1])
    do { return try ZstdPrefix(frame, rawLength: block.raw, dictionary: dictionary, contexts) } catch {
      throw undecodable(block, of: session, in: pack.facts, error)
    }
  }

  private func decompress(
    _ prefix: ZstdPrefix, _ block: BlockEntry, of session: SessionKey, in pack: PackFacts,
    until isEnough: (RawSpan) -> Bool
  ) throws(StoreError) -> Bool {
    do { return try prefix.decompress(until: isEnough) } catch {
      blocks.forget(BlockCache.Place(pack: pack.id, offset: block.frameOffset))
      throw undecodable(block, of: session, in: pack, error)
    }
  }

  func undecodable(
    _ block: BlockEntry, of session: SessionKey, in pack: PackFacts, _ error: CodecError
  ) -> StoreError {
    .damaged(
      "a block does not decompress: \(error.detail)", file: layout.relative(layout.pack(pack.id)),
      offset: block.frameOffset, length: UInt64(block.stored), session: session)
  }
}
