/// Goes through several packs side by side, session by session: what each session has in them comes together.
///
/// Packs are sorted by project and session, so one entry of each is held at a time, and the session's own.
struct PackSweep {
  private var readers: [(reader: DirectoryReader, next: SegmentEntry?, place: Range<UInt64>)] = []

  /// Throws `.damaged`, naming the file, where a pack's footer or first entry cannot be read.
  init(_ packs: [PackFile]) throws(StoreError) {
    // Some 16 MiB in all, whatever their number.
    let window = max(16 << 10, (16 << 20) / max(1, packs.count))
    for pack in packs {
      let reader = try DirectoryReader(pack, window: min(window, 1 << 20))
      let first = try reader.next()
      readers.append((reader, first, reader.entry))
    }
  }

  /// The next session and its segments in order of sequence; nil behind the last.
  mutating func next() throws(StoreError) -> (key: SessionKey, parts: [PackedPart])? {
    guard let key = readers.compactMap({ $0.next?.session }).min() else { return nil }
    var parts: [PackedPart] = []
    for index in readers.indices {
      while let entry = readers[index].next, entry.session == key {
        parts.append(PackedPart(pack: readers[index].reader.pack.facts, entry: entry, entryRange: readers[index].place))
        let following = try readers[index].reader.next()
        if let following, following.session < key {
          throw .damaged(
            "the directory of a pack is not in order", file: readers[index].reader.pack.name, offset: 0, session: key)
        }
        readers[index].next = following
        readers[index].place = readers[index].reader.entry
      }
    }
    parts.sort {
      ($0.entry.sequence, $0.entry.ordinal, $0.entry.offset) < ($1.entry.sequence, $1.entry.ordinal, $1.entry.offset)
    }
    return (key, parts)
  }
}
