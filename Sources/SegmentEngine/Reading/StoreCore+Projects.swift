internal import SegmentFiles

extension StoreCore {
  /// Where a project's entries stand in the packs of an index. What was found once is kept, as packs do not change; for a pack
  /// that is new, some 2 log2(n) of its n entries are read. A pack that is gone meanwhile, or cannot be read, is not among
  /// them. O(segments), and not under a lock.
  func places(of project: String, in index: SegmentIndex) throws(StoreError) -> ProjectPlaces {
    var found = projects.withLock { $0[project] } ?? ProjectPlaces()
    var entries: [[ProjectSearch.Place]] = index.packs.map { _ in [] }
    let isMissing = index.packs.map { pack in pack.map { found.ranges[$0.id] == nil } ?? false }
    guard isMissing.contains(true) else { return found }
    for segment in segments(of: index) where isMissing[Int(segment.pack)] {
      entries[Int(segment.pack)].append(ProjectSearch.place(segment.offset, segment.length))
    }
    for case (let facts?, let places) in zip(index.packs, entries) where found.ranges[facts.id] == nil {
      do throws(StoreError) {
        let pack = try packs.pack(facts)
        var search = ProjectSearch(project) { (offset, length) throws(StoreError) in
          do throws(StoreError) { return try pack.readEntry(offset: offset, length: length)?.session.project } catch {
            guard error.code == .damaged else { throw error }
            return nil
          }
        }
        found.ranges[facts.id] = try search.range(in: places)
      } catch {
        guard error.code == .notFound || error.code == .damaged else { throw error }
      }
    }
    let present = index.packNames
    found.ranges = found.ranges.filter { present.contains($0.key) }
    projects.withLock { $0.set(project, found) }
    return found
  }
}
