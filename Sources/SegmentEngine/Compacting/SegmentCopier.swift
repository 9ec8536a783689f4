internal import SegmentFiles

/// Copies the blocks of a session as they are: frames are read, held against their checksum and written elsewhere, never
/// decompressed.
struct SegmentCopier {
  let core: StoreCore
  let control: MaintenanceControl

  /// Adds the blocks of all parts to the segment that `writer` is in, whose dictionaries are those of `join`.
  func write(_ join: SegmentJoin, to writer: PackWriter) throws(StoreError) {
    let dictionaries = join.dictionaries
    for part in join.parts {
      let windows = join.windowPlaces(of: part)
      // Places count from 1; 0 stays none.
      let places = [0] + part.entry.dictionaries.map { (dictionaries.firstIndex(of: $0) ?? -1) + 1 }
      let pack = try core.packs.pack(part.pack)
      for block in part.entry.blocks {
        try control.check()
        let frame = try pack.readFrame(block, of: part.entry.session)
        var copy = block
        copy.dictionary = places[block.dictionary]
        copy.runs = block.runs.map { WindowRun(window: windows[$0.window], events: $0.events) }
        for index in copy.keyframes.indices { copy.keyframes[index].window = windows[copy.keyframes[index].window] }
        let moved = copy
        try inStore(core.layout) { () throws(FileError) in try writer.add(moved, frame: frame) }
        control.advance(UInt64(block.stored))
      }
    }
  }
}
