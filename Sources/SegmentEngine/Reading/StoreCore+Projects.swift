internal import SegmentFiles

extension StoreCore {
  /// Where a project's entries stand in the packs of an index. What was found once is kept, as packs do not change; for a pack
  /// that is new, some 2 log2(n) of its n entries are read. A pack that is gone meanwhile, or cannot be read, is not among
  /// them. O(segments), and not under a lock.
  func places(of project: String, in index: SegmentIndex) throws(StoreError) -> ProjectPlaces {
    var found = projects.withLock { $0[project] } ?? ProjectPlaces()
    let present = index.packNames
    found.ranges = found.ranges.filter { present.contains($0.key) }
    let known = found.ranges
    try forEachDirectory(of: index, where: { known[$0.id] == nil }) { (pack, places) throws(StoreError) in
      var search = ProjectSearch(project) { (offset, length) throws(StoreError) in
        try Self.readable(pack, offset, length)?.project
      }
      found.ranges[pack.id] = try search.range(in: places)
    }
    projects.withLock { $0.set(project, found) }
    return found
  }

  /// The projects that have sessions, in order of their bytes. One whose last session goes just now may be among them, and one
  /// is not whose directory entries all are damaged. O(segments), and some p log2(n) entries are read of a pack of n segments and
  /// p projects.
  package func projectNames() throws(StoreError) -> [String] {
    let now = environment.clock.now()
    let (index, live) = try indexed { contents, index in
      (index, contents.live.sessions.map(\.key).filter { Self.refusal(of: $0, now: now, contents) == nil })
    }
    var found = Set(live.map { ExactName($0.project) })
    try forEachDirectory(of: index, where: { _ in true }) { (pack, places) throws(StoreError) in
      found.formUnion(
        try ProjectNames.all(in: places) { (offset, length) throws(StoreError) in
          guard let key = try Self.readable(pack, offset, length), refusal(of: key) == nil else { return nil }
          return key.project
        })
    }
    return found.sorted().map(\.text)
  }

  /// Calls `body` with packs of an index and the places of all their entries. One that is gone meanwhile, or cannot be read, is
  /// passed over.
  private func forEachDirectory(
    of index: SegmentIndex, where isMeant: (PackFacts) -> Bool,
    _ body: (PackFile, [ProjectSearch.Place]) throws(StoreError) -> Void
  ) throws(StoreError) {
    let isMeant = index.packs.map { $0.map(isMeant) ?? false }
    guard isMeant.contains(true) else { return }
    var places: [[ProjectSearch.Place]] = index.packs.map { _ in [] }
    for segment in segments(of: index) where isMeant[Int(segment.pack)] {
      places[Int(segment.pack)].append(ProjectSearch.place(segment.offset, segment.length))
    }
    for (number, facts) in index.packs.enumerated() where isMeant[number] {
      guard let facts else { continue }
      do throws(StoreError) { try body(try packs.pack(facts), places[number]) } catch {
        guard error.code == .notFound || error.code == .damaged else { throw error }
      }
    }
  }

  /// Whose entry it is; nil where it was erased or is damaged.
  private static func readable(_ pack: PackFile, _ offset: UInt32, _ length: UInt32) throws(StoreError) -> SessionKey? {
    do throws(StoreError) { return try pack.readEntry(offset: offset, length: length)?.session } catch {
      guard error.code == .damaged else { throw error }
      return nil
    }
  }
}
