/// Holds what a directory entry says against itself and against its pack, without reading a block.
enum SegmentCheck {
  /// What does not agree; nil where all does. `dictionaries` are those of the pack; nil where they are not known.
  static func problem(_ entry: SegmentEntry, in pack: PackFacts, _ dictionaries: [Identifier]?) -> String? {
    let facts = entry.facts
    if entry.blocks.reduce(0, { $0 + UInt64($1.events) }) != facts.events
      || entry.blocks.reduce(0, { $0 + UInt64($1.raw) }) != facts.rawBytes
    {
      return "the counts of a segment are not those of its blocks"
    }
    if !(pack.firstOrdinal...max(pack.firstOrdinal, pack.lastOrdinal)).contains(entry.ordinal)
      || facts.firstReceived < pack.firstReceived || facts.lastReceived > pack.lastReceived
      || facts.firstReceived > facts.lastReceived
    {
      return "the ordinal or the receipt of a segment lies outside of what its pack says"
    }
    if let dictionaries, !Set(entry.dictionaries).isSubset(of: dictionaries) {
      return "a segment names a dictionary that the catalog does not know its pack to use"
    }
    if facts.pages.count > facts.pageCount || facts.pageCount > facts.events(of: .meta) {
      return "the pages of a segment are more than its visits or its Meta events"
    }
    return keyframeProblem(entry) ?? rangeProblem(entry)
  }

  private static func keyframeProblem(_ entry: SegmentEntry) -> String? {
    var count: UInt64 = 0
    for block in entry.blocks {
      for keyframe in block.keyframes {
        count += 1
        if block.window(of: keyframe.ordinal) != keyframe.window {
          return "a keyframe is of another window than its event"
        }
      }
    }
    return count == entry.facts.events(of: .fullSnapshot)
      ? nil : "the index has \(count) keyframes and should have \(entry.facts.events(of: .fullSnapshot))"
  }

  /// The time of an event packed whole is not in its bytes: blocks that hold such may give more than there is.
  private static func rangeProblem(_ entry: SegmentEntry) -> String? {
    let facts = entry.facts
    if facts.events(of: .packed) > 0 { return nil }
    let blocks = entry.blocks.filter { $0.flags.contains(.hasRange) }
    if blocks.map({ Double($0.first) }).min() != facts.start?.rounded(.down)
      || blocks.map({ Double($0.last) }).max() != facts.end?.rounded(.up)
    {
      return "the range of time of a segment is not that of its blocks"
    }
    // Not the other way round: what was implausible in its batch may lie within the range of a block.
    return facts.implausible == 0 && entry.blocks.contains { $0.flags.contains(.hasImplausible) }
      ? "a segment and its blocks disagree on whether there are implausible timestamps" : nil
  }
}

extension BlockEntry {
  /// The window of an event, by the runs.
  fileprivate func window(of ordinal: Int) -> Int? {
    var end = 0
    for run in runs {
      end += run.events
      if ordinal < end { return run.window }
    }
    return nil
  }
}
