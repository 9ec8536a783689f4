internal import Logging
internal import SegmentFiles

extension StoreCore {
  /// A session in a listing, before its entry is read.
  private struct Candidate: Comparable {
    var start: UInt32
    var hash: UInt64
    /// Set where the session is live; else its entries name it.
    var key: SessionKey?
    var segment: SegmentIndex.Segment?

    var position: SessionPage.Position { .init(startSeconds: start, hash: hash) }

    /// Newest first; sessions of one second by hash.
    static func < (a: Candidate, b: Candidate) -> Bool { (b.start, b.hash) < (a.start, a.hash) }
    static func == (a: Candidate, b: Candidate) -> Bool { a.start == b.start && a.hash == b.hash }
  }

  /// A page of sessions, newest first. Time grows with the number of segments in the store (a look at 24 bytes each) and
  /// of entries that must be read to fill the page. Those of sessions that end before `from`, or start at `to` or later, are
  /// not read; nor, where a page is not full at once, are those of other projects.
  package func list(_ query: SessionQuery) throws(StoreError) -> SessionPage {
    let limit = min(max(1, query.limit), 10_000)
    var page = SessionPage(sessions: [], next: nil)
    var after = query.after
    var step = limit + 1
    var places: ProjectPlaces?
    while true {
      let candidates = try newest(step, after: after, query, places)
      for candidate in candidates {
        if let summary = try readable(candidate), query.matches(summary) {
          if page.sessions.count == limit {
            page.next = after
            return page
          }
          page.sessions.append(summary)
        }
        after = candidate.position
      }
      if candidates.count < step { return page }
      step = min(step * 2, 10_000)
      // Some of what was read is of others. Where most are, their entries cost more than to look where the project's are.
      if places == nil, let project = query.project { places = try self.places(of: project, in: index()) }
    }
  }

  /// The summary of a session; nil where a directory entry of it is damaged, which must not keep the others from being
  /// listed. `verify` tells of it, and so does reading the session.
  private func readable(_ candidate: Candidate) throws(StoreError) -> SessionSummary? {
    do throws(StoreError) { return try summary(of: candidate) } catch {
      guard error.code == .damaged else { throw error }
      logger?.error("a session cannot be listed", metadata: ["error": "\(error)"])
      metrics.countDamages(1)
      return nil
    }
  }

  private func summary(of candidate: Candidate) throws(StoreError) -> SessionSummary? {
    if let key = candidate.key { return try summary(of: key) }
    for _ in 0..<4 {
      let found = try indexed { _, index in
        index.find(candidate.hash).compactMap { segment in index.packs[Int(segment.pack)].map { (segment, $0) } }
      }
      do {
        // The first may be erased though another one is there.
        for (segment, facts) in found {
          let entry = try packs.pack(facts).readEntry(offset: segment.offset, length: segment.length)
          if let entry { return try summary(of: entry.session, knowing: PackedPart(facts, segment, entry)) }
        }
        return nil
      } catch  where error.code == .notFound {
        try refreshAll()
      }
    }
    return nil
  }

  /// All segments of an index in order of hash. What it takes to bring them in order is done once, and not under the lock.
  func segments(of index: SegmentIndex) -> [SegmentIndex.Segment] {
    if let segments = index.segments { return segments }
    let merged = index.merged()
    contents.withLock { contents in
      if contents.index === index { contents.index = merged }
    }
    return merged.segments ?? []
  }

  /// The `count` newest sessions behind a position that may fit a query, in order. `places` says where its project stands.
  private func newest(
    _ count: Int, after: SessionPage.Position?, _ query: SessionQuery, _ places: ProjectPlaces?
  ) throws(StoreError) -> [Candidate] {
    let (index, live) = try indexed { contents, index in (index, contents.live.sessions) }
    var liveSpans: [UInt64: (start: UInt32, end: UInt32, key: SessionKey)] = [:]
    for (key, session) in live {
      let starts = session.parts.map { Locator.seconds($0.facts.start ?? $0.facts.firstReceived) }
      let ends = session.parts.map { Locator.seconds($0.facts.end ?? $0.facts.lastReceived) }
      liveSpans[KeyHash.of(key)] = (starts.min() ?? 0, ends.max() ?? .max, key)
    }
    let latest = query.to.map { Locator.seconds($0.millisecondsSince1970) } ?? .max
    let earliest = query.from.map { Locator.seconds($0.millisecondsSince1970) } ?? 0
    let ranges = places?.byPlace(in: index)
    var chosen: [Candidate] = []
    chosen.reserveCapacity(2 * count)
    // The oldest of as many as are wanted: what is older still need not be looked at again.
    var oldest: SessionPage.Position?
    func isWanted(_ start: UInt32, _ hash: UInt64) -> Bool {
      guard start <= latest else { return false }
      if let after, (start, hash) >= (after.startSeconds, after.hash) { return false }
      if let oldest, (start, hash) <= (oldest.startSeconds, oldest.hash) { return false }
      return true
    }
    func choose(_ candidate: Candidate) {
      chosen.append(candidate)
      if chosen.count >= 2 * count + 64 {
        chosen.sort()
        chosen.removeLast(chosen.count - count)
        oldest = chosen.last?.position
      }
    }
    var at = 0
    let segments = segments(of: index)
    while at < segments.count {
      let first = segments[at]
      var (start, end, isOfProject) = (first.start, 0 as UInt32, ranges == nil)
      while at < segments.count, segments[at].hash == first.hash {
        let segment = segments[at]
        start = min(start, segment.start)
        if earliest > 0 { end = max(end, segment.latestEnd) }
        if !isOfProject { isOfProject = ranges?[Int(segment.pack)]?.contains(segment.offset) ?? true }
        at += 1
      }
      let other = liveSpans.isEmpty ? nil : liveSpans.removeValue(forKey: first.hash)
      if let other { (start, end) = (min(start, other.start), max(end, other.end)) }
      if isOfProject, end >= earliest, isWanted(start, first.hash) {
        choose(Candidate(start: start, hash: first.hash, key: other?.key, segment: first))
      }
    }
    for (hash, session) in liveSpans where session.end >= earliest && isWanted(session.start, hash) {
      if let project = query.project, !NameBytes.same(project, session.key.project) { continue }
      choose(Candidate(start: session.start, hash: hash, key: session.key, segment: nil))
    }
    chosen.sort()
    return Array(chosen.prefix(count))
  }
}

extension SessionQuery {
  func matches(_ summary: SessionSummary) -> Bool {
    if let project, !NameBytes.same(project, summary.key.project) { return false }
    let start = summary.start ?? summary.firstReceived
    let end = summary.end ?? summary.lastReceived
    if let from, end < from { return false }
    if let to, start >= to { return false }
    if hasErrors, summary.errors == 0 { return false }
    if isPinned, !summary.isPinned { return false }
    for (key, value) in tags {
      guard let found = summary.tags[key] else { return false }
      if let value, value != found { return false }
    }
    if let url, !summary.pages.contains(where: Glob(url).matches) { return false }
    return true
  }
}
