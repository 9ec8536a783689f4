internal import SegmentFiles

extension StoreCore {
  /// Where the blocks that hold a range of time lie.
  func byteRanges(of key: SessionKey, time: Range<Double>?) throws(StoreError) -> ByteRanges {
    let (picture, parts) = try resolve(key)
    guard !parts.isEmpty || !(picture.live?.parts.isEmpty ?? true) else { throw absence(of: key) }
    var ranges = ByteRanges(blocks: [], liveFrom: nil)
    for unit in picture.units(parts) {
      switch unit.source {
      case .record:
        ranges.liveFrom = min(ranges.liveFrom ?? unit.sequence, unit.sequence)
      case .block(let pack, let block, _, let dictionaries):
        if let time, !(unit.range.map { time.overlaps($0) } ?? false) { continue }
        ranges.blocks.append(
          ByteRanges.Block(
            id: BlockID(pack: pack.id, offset: block.frameOffset),
            file: layout.relative(layout.pack(pack.id)), offset: block.frameOffset, length: block.stored,
            rawLength: block.raw, codec: block.codec == .zstd ? "zstd" : "none",
            dictionary: block.dictionary == 0 ? nil : DictionaryID(dictionaries[block.dictionary - 1]),
            firstSequence: block.sequence, events: block.events,
            time: unit.range.map {
              Timestamp(millisecondsSince1970: $0.lowerBound)...Timestamp(millisecondsSince1970: $0.upperBound)
            },
            keyframes: block.keyframes.count))
      }
    }
    return ranges
  }

  /// A block of the session as it is stored, its checksum checked.
  func storedBlock(_ id: BlockID, of key: SessionKey) throws(StoreError) -> StoredBlock {
    // A pack that goes while it is looked for is one that is gone: another attempt says so.
    for _ in 0..<4 {
      let (picture, parts) = try resolve(key)
      guard !parts.isEmpty || !(picture.live?.parts.isEmpty ?? true) else { throw absence(of: key) }
      guard contents.withLock({ contents in contents.catalog.packs.contains { $0.id == id.pack } }) else { break }
      let own = parts.filter { $0.pack.id == id.pack }
      guard
        let (part, block) = own.lazy.compactMap({ part in
          part.entry.blocks.first { $0.frameOffset == id.offset }.map { (part, $0) }
        }).first
      else {
        throw StoreError(
          .notFound, "session \(key) has no block \(id); list its blocks again", location: .init(session: key))
      }
      do {
        return StoredBlock(
          bytes: try packs.pack(part.pack).readFrame(block, of: key), rawLength: block.raw,
          codec: block.codec == .zstd ? "zstd" : "none",
          dictionary: block.dictionary == 0 ? nil : DictionaryID(part.entry.dictionaries[block.dictionary - 1]))
      } catch  where error.code == .notFound {
        try refreshAll()
      }
    }
    throw StoreError(
      .blockGone, "the pack of block \(id) is no longer in the store; list the blocks of session \(key) again",
      location: .init(session: key))
  }
}
