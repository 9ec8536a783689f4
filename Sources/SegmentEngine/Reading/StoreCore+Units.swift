internal import SegmentCodecs

extension StoreCore {
  /// The content of a unit as NDJSON. A pack that was removed meanwhile is looked for again by sequence.
  func load(_ unit: Unit, of key: SessionKey) throws(StoreError) -> [UInt8] {
    do throws(StoreError) {
      let content = try content(unit, of: key)
      // A journal that was unlinked and is still open here has its bytes: from the erasure on they are not given.
      if let refusal = refusal(of: key) { throw refusal }
      return content
    } catch  where error.code == .notFound {
      // What was found may be gone again before it is opened: packs are rewritten one after the other.
      for _ in 0..<4 {
        try refreshAll()
        do { return try find(unit, of: key) } catch  where error.code == .notFound { continue }
      }
      return try find(unit, of: key)
    }
  }

  private func content(_ unit: Unit, of key: SessionKey) throws(StoreError) -> [UInt8] {
    switch unit.source {
    case .record(let journal, let record, _, _):
      return try journal.readBatch(
        at: record.offset, headLength: Int(record.headLength), payloadLength: Int(record.payloadLength)
      ).ndjson
    case .block(let facts, let block, _, let dictionaries):
      return try content(of: block, in: try packs.pack(facts), dictionaries: dictionaries, session: key)
    }
  }

  /// A block, read and decompressed.
  func content(
    of block: BlockEntry, in pack: PackFile, dictionaries: [Identifier], session: SessionKey
  ) throws(StoreError) -> [UInt8] {
    let frame = try pack.readFrame(block, of: session)
    switch block.codec {
    case .none:
      guard frame.count == block.raw else {
        throw .damaged("a block has the wrong length", file: pack.name, offset: block.frameOffset, session: session)
      }
      return frame
    case .zstd:
      let dictionary = block.dictionary == 0 ? nil : try self.dictionary(dictionaries[block.dictionary - 1])
      do {
        return try contexts.withDecompressor { decompressor throws(CodecError) in
          try unsafe decompressor.decompress(frame.span.bytes, rawLength: block.raw, dictionary: dictionary)
        }
      } catch {
        throw undecodable(block, of: session, in: pack.facts, error)
      }
    }
  }

  /// The events of a unit wherever they are now: in another pack, or in several.
  private func find(_ unit: Unit, of key: SessionKey) throws(StoreError) -> [UInt8] {
    let (picture, parts) = try resolve(key)
    var content: [UInt8] = []
    var next = unit.sequence
    for other in picture.units(parts) where other.nextSequence > next && other.sequence <= next {
      let bytes = try self.content(other, of: key)
      var lines = LineSplitter(bytes)
      var sequence = other.sequence
      while sequence < unit.nextSequence, let line = lines.next() {
        if sequence >= next { content += bytes[line.lowerBound..<min(bytes.count, line.upperBound + 1)] }
        sequence += 1
      }
      next = sequence
      if next >= unit.nextSequence { return content }
    }
    throw StoreError(
      .notFound, "events \(unit.sequence) to \(unit.nextSequence - 1) are no longer in the store",
      location: .init(session: key))
  }

  /// The keyframes of a unit. For a batch in a journal its head is read.
  func keyframes(of unit: Unit) throws(StoreError) -> [UnitKeyframe] {
    guard unit.hasKeyframe else { return [] }
    switch unit.source {
    case .block(_, let block, let windows, _):
      return block.keyframes.map { keyframe in
        let sequence = block.sequence + UInt64(keyframe.ordinal)
        let meta = keyframe.metaDistance > 0 && UInt64(keyframe.metaDistance) <= sequence
        return UnitKeyframe(
          window: windows[keyframe.window], timestamp: keyframe.timestamp, sequence: sequence,
          offset: keyframe.offset, metaSequence: meta ? sequence - UInt64(keyframe.metaDistance) : nil)
      }
    case .record(let journal, let record, let window, let metaDistance):
      let head = try journal.readHead(at: record.offset, headLength: Int(record.headLength))
      guard case .events(let batch) = head.details else { return [] }
      var keyframes: [UnitKeyframe] = []
      var offset = 0
      var meta = metaDistance == 0 ? nil : record.sequence - UInt64(metaDistance)
      for (ordinal, entry) in batch.table.entries.enumerated() {
        let sequence = record.sequence + UInt64(ordinal)
        if entry.kind == .meta { meta = sequence }
        if entry.kind == .fullSnapshot {
          keyframes.append(
            UnitKeyframe(
              window: window, timestamp: entry.timestamp, sequence: sequence, offset: offset, metaSequence: meta))
          meta = nil
        }
        offset += entry.length + 1
      }
      return keyframes
    }
  }
}
