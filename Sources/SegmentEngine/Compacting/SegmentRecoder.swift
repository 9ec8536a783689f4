internal import SegmentCodecs
internal import SegmentScanner

/// Cuts and compresses the events of a session anew. Reads block by block: memory is bounded by a block of either tier.
struct SegmentRecoder {
  let core: StoreCore
  let encoder: BlockEncoder
  let control: MaintenanceControl

  /// Adds the events of all parts to the segment that `writer` is in.
  func write(
    _ join: SegmentJoin, _ dictionary: ZstdDictionary?, to writer: PackWriter
  ) throws(StoreError) {
    var builder = encoder.builder()
    let emit = { (block: BlockBuilder.Block) throws(StoreError) in
      try self.encoder.write(block, dictionary, to: writer)
    }
    for part in join.parts {
      let places = join.windowPlaces(of: part)
      let pack = try core.packs.pack(part.pack)
      for block in part.entry.blocks {
        try control.check()
        let content = try content(of: block, in: pack, part)
        for keyframe in block.keyframes where keyframe.metaDistance > 0 {
          let sequence = block.sequence + UInt64(keyframe.ordinal)
          guard UInt64(keyframe.metaDistance) <= sequence else { continue }
          let meta = sequence - UInt64(keyframe.metaDistance)
          // One in the block itself is met when it is added; before that it would be taken for an earlier keyframe's.
          if meta < block.sequence { builder.note(meta: meta, window: places[keyframe.window]) }
        }
        try add(block, content, places, to: &builder, in: part, emit)
        control.advance(UInt64(block.stored))
      }
    }
    try builder.finish(emit)
  }

  /// What cannot be read, be it for want of its dictionary, is damage of the pack it is in: that one is left alone.
  private func content(of block: BlockEntry, in pack: PackFile, _ part: PackedPart) throws(StoreError) -> [UInt8] {
    do throws(StoreError) {
      return try core.content(
        of: block, in: pack, dictionaries: part.entry.dictionaries, session: part.entry.session)
    } catch {
      guard error.code == .damaged || error.code == .notFound else { throw error }
      throw .damaged(error.message, file: pack.name, offset: block.frameOffset, session: part.entry.session)
    }
  }

  private func add(
    _ block: BlockEntry, _ content: [UInt8], _ places: [Int], to builder: inout BlockBuilder, in part: PackedPart,
    _ emit: (BlockBuilder.Block) throws(StoreError) -> Void
  ) throws(StoreError) {
    let range = block.flags.contains(.hasRange) ? Double(block.first)...Double(block.last) : nil
    var lines = LineSplitter(content)
    var sequence = block.sequence
    for run in block.runs {
      for _ in 0..<run.events {
        guard let line = lines.next(), let probe = unsafe EventProbe.probe(content.span.bytes.extracting(line)),
          line.upperBound < content.count
        else {
          throw .damaged(
            "a block holds other events than its index says",
            file: core.layout.relative(core.layout.pack(part.pack.id)),
            offset: block.frameOffset, session: part.entry.session)
        }
        // An event packed whole has no time of its own: it lies where its block does.
        let isUnknown = probe.timestamp.isNaN
        let time = isUnknown ? range?.lowerBound ?? 0 : probe.timestamp
        try builder.add(
          BlockEvent(
            bytes: line.lowerBound..<line.upperBound + 1, kind: EventKind(rawValue: probe.kind.rawValue),
            timestamp: time, span: isUnknown ? range : nil,
            isPlausible: isUnknown ? range != nil : range?.contains(time) ?? false, window: places[run.window],
            sequence: sequence, epoch: block.epoch),
          from: content, emit)
        sequence += 1
      }
    }
    guard lines.next() == nil else {
      throw .damaged(
        "a block holds more events than its index says", file: core.layout.relative(core.layout.pack(part.pack.id)),
        offset: block.frameOffset, session: part.entry.session)
    }
  }
}
