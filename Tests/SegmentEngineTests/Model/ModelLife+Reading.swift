import SegmentCodecs
import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// Someone who asks again and again for what is new of a session.
struct ModelViewer {
  var cursor: Cursor?
  var lines: [String] = []
}

extension ModelLife {
  /// All that a stream gives: events line by line, and gaps.
  private func readOut(_ open: @autoclosure () throws -> any ChunkStream) throws -> (
    lines: [String], gaps: [Gap], last: Cursor?, finished: Bool
  ) {
    var stream = try open()
    var out: (lines: [String], gaps: [Gap], last: Cursor?, finished: Bool) = ([], [], nil, false)
    while let chunk = try stream.next() {
      if let gap = chunk.gapBefore { out.gaps.append(gap) }
      out.lines += chunk.events.map { String(decoding: chunk.ndjson[$0.bytes], as: UTF8.self) }
      if let last = chunk.lastCursor { out.last = last }
      if chunk.finished != nil { out.finished = true }
    }
    return out
  }

  private func expect(_ found: [String], _ expected: [String], _ what: String) throws {
    if found == expected { return }
    let place = zip(found, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(found.count, expected.count)
    throw ModelDifference(
      "\(what): \(found.count) events, expected \(expected.count); they differ at \(place): "
        + "\(found.dropFirst(place).first ?? "the end") instead of \(expected.dropFirst(place).first ?? "the end")")
  }

  /// Reads a session in every way.
  mutating func read(_ key: SessionKey, _ seed: Int) throws {
    guard let session = sessions[key], !session.events.isEmpty else { return }
    let core = try core()
    var random = SplitMix64(seed: UInt64(seed))
    let reference = session.reference
    let ranges = try core.byteRanges(of: key, time: nil)
    let units = reference.units(ranges)
    try checkBlocks(ranges, units, session, core)
    let low = reference.start ?? clock.now()
    let high = max(reference.end ?? low, low + 1)
    for _ in 0..<2 {
      let window = random.once(in: 2) ? nil : (ModelText.windows + ["none"])[random.below(4)]
      let from = low + (high - low) * Double(random.below(110) - 5) / 100
      let time = random.once(in: 3) ? nil : from..<from + (high - low) * Double(random.below(60)) / 100
      let what = "\(key), seed \(seed), time \(String(describing: time)), window \(window ?? "all")"
      try expect(
        try readOut(try ArrivalStream(core, key, time: time, window: window)).lines,
        reference.events(units, time: time, window: window, sorted: false), "\(what), arrival")
      try expect(
        try readOut(try TimeStream(core, key, time: time, window: window)).lines,
        reference.events(units, time: time, window: window, sorted: true), "\(what), time")
      let moment = low + (high - low) * Double(random.below(120) - 10) / 100
      let isStart = random.once(in: 4)
      let played = try readOut(
        try PlaybackStream(
          core, key, at: isStart ? .start : .at(.init(millisecondsSince1970: moment)), window: window))
      let expected = reference.playback(units, at: isStart ? nil : moment, window: window)
      try expect(played.lines, expected.lines, "\(what), playback at \(isStart ? 0 : moment)")
      guard played.gaps.map(\.reason) == (expected.notice.map { [$0] } ?? []) else {
        throw ModelDifference("\(what), playback at \(moment): \(played.gaps), expected \(expected)")
      }
    }
    try readBehindCursor(session, core, &random)
  }

  private func readBehindCursor(
    _ session: ModelSession, _ core: StoreCore, _ random: inout SplitMix64
  ) throws {
    let key = session.key
    var infos: [EventInfo] = []
    var stream = try ArrivalStream(core, key, time: nil, window: nil)
    while let chunk = try stream.next() { infos += chunk.events }
    let place = random.below(infos.count)
    let rest = try readOut(try BacklogStream(core, key, after: infos[place].cursor, fromKeyframe: false))
    let what = "\(key) behind \(infos[place].cursor)"
    try expect(rest.lines, Array(session.lines[(place + 1)...]), what)
    guard rest.gaps.isEmpty, rest.finished == session.isFinished else {
      throw ModelDifference("\(what): \(rest.gaps), finished \(rest.finished)")
    }
    let windows = session.batches.flatMap { batch in batch.events.map { _ in batch.window } }
    guard infos.map(\.window) == windows, infos.map(\.sequence) == (0..<UInt64(infos.count)).map({ $0 }) else {
      throw ModelDifference("\(key): windows or sequences are not those of its batches")
    }
  }

  /// The blocks hold all that is packed, once, and each decodes with nothing but its dictionary.
  private func checkBlocks(
    _ ranges: ByteRanges, _ units: [ReferenceSession.Unit], _ session: ModelSession, _ core: StoreCore
  ) throws {
    let key = session.key
    var next: UInt64 = 0
    for unit in units {
      guard unit.sequences.lowerBound == next else { throw ModelDifference("\(key): units \(units)") }
      next = unit.sequences.upperBound
    }
    let lines = session.lines
    guard next == UInt64(lines.count) else { throw ModelDifference("\(key): units \(units), \(lines.count) events") }
    for block in ranges.blocks {
      let stored = try core.storedBlock(block.id, of: key)
      let expected = Sample.batch(Array(lines[Int(block.firstSequence)...].prefix(block.events)))
      var content = stored.bytes
      if stored.codec == "zstd" {
        let dictionary = try stored.dictionary.map { try core.dictionary($0.identifier) }
        content = try unsafe ZstdDecompressor().decompress(
          stored.bytes.span.bytes, rawLength: stored.rawLength, dictionary: dictionary)
      }
      if let difference = Self.difference(content, expected) {
        throw ModelDifference("\(key), block \(block.id): \(difference)")
      }
    }
  }

  /// A viewer with a cursor, across whatever happened since.
  mutating func poll(_ key: SessionKey) throws {
    guard let session = sessions[key], !session.events.isEmpty else { return }
    var viewer = viewers[key] ?? ModelViewer()
    let news = try readOut(try BacklogStream(try core(), key, after: viewer.cursor, fromKeyframe: false))
    for gap in news.gaps {
      guard gap.reason == .lost, let lost = gap.sequences, lost.upperBound == UInt64(viewer.lines.count) else {
        throw ModelDifference("\(key): a viewer of \(viewer.lines.count) events is told \(gap)")
      }
      viewer.lines.removeLast(lost.count)
    }
    viewer.lines += news.lines
    if let last = news.last { viewer.cursor = last }
    try expect(viewer.lines, session.lines, "\(key), a viewer behind \(viewer.cursor.map(\.description) ?? "nothing")")
    guard news.finished == session.isFinished else { throw ModelDifference("\(key): finished \(news.finished)") }
    viewers[key] = viewer
  }

  /// Another process sees all that is durable, and of what follows a beginning.
  mutating func readBeside() throws {
    let core = try beside()
    for key in sessions.keys.sorted() {
      guard var session = sessions[key] else { continue }
      let found = try core.exported(key)
      guard found.gaps.isEmpty, session.adopt(bytes: found.bytes) else {
        throw ModelDifference("\(key): another process sees \(found.bytes.count) bytes, gaps \(found.gaps)")
      }
      guard let summary = try core.summary(of: key) else { continue }
      if summary.tags != session.tags { throw ModelDifference("\(key): another process sees tags \(summary.tags)") }
    }
    try verify(.damage)
  }

  // MARK: Listing

  mutating func list(_ seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var query = SessionQuery(limit: 1 + random.below(6))
    if random.once(in: 3) { query.project = ModelSettings.projects[random.below(2)] }
    if random.once(in: 3) {
      query.tags = ["k\(random.below(3))": random.once(in: 2) ? nil : "value \(random.below(4))"]
    }
    if random.once(in: 5) { query.hasErrors = true }
    if random.once(in: 6) { query.isPinned = true }
    if random.once(in: 4) { query.url = "https://*.example/\(random.below(4))" }
    let days = Double(random.below(20)) * Day.milliseconds
    if random.once(in: 4) { query.from = Timestamp(millisecondsSince1970: clock.now() - days) }
    if random.once(in: 4) { query.to = Timestamp(millisecondsSince1970: clock.now() - days / 2) }
    let core = try core()
    var listed: [SessionKey] = []
    var last = UInt32.max
    while true {
      let page = try core.list(query)
      for summary in page.sessions {
        guard let session = sessions[summary.key], session.isPlain else { continue }
        let start = Locator.seconds((summary.start ?? summary.firstReceived).millisecondsSince1970)
        guard start <= last else { throw ModelDifference("\(summary.key) is listed behind an older one, seed \(seed)") }
        last = start
      }
      guard page.sessions.count <= query.limit else { throw ModelDifference("a page of \(page.sessions.count)") }
      listed += page.sessions.map(\.key)
      guard let next = page.next else { break }
      query.after = next
    }
    let projects = Set(sessions.values.filter { $0.isDated && $0.exists }.map(\.key.project))
    guard projects.isSubset(of: try core.projectNames()) else {
      throw ModelDifference("seed \(seed): of the projects \(projects) are told \(try core.projectNames())")
    }
    let expected = sessions.values.filter { $0.isDated && matches($0, query) }.map(\.key).sorted()
    let found = listed.filter { sessions[$0]?.isDated ?? true }.sorted()
    guard found == expected else {
      throw ModelDifference("seed \(seed), \(query) lists \(found), expected \(expected)")
    }
  }

  private func matches(_ session: ModelSession, _ query: SessionQuery) -> Bool {
    guard session.exists else { return false }
    let reference = session.reference
    let start = reference.start ?? session.batches.first?.received ?? session.lastEdited
    let end = reference.end ?? session.lastReceived
    if let project = query.project, project != session.key.project { return false }
    if let from = query.from?.millisecondsSince1970, end < from { return false }
    if let to = query.to?.millisecondsSince1970, start >= to { return false }
    if query.hasErrors, !session.events.contains(where: { $0.line.contains("\"level\":\"error\"") }) { return false }
    if query.isPinned, !session.isPinned(at: clock.now()) { return false }
    for (key, value) in query.tags {
      guard let found = session.tags[key], value == nil || value == found else { return false }
    }
    guard let url = query.url else { return true }
    let page = "https://\(session.key.project).example/" + String(url.suffix(1))
    return session.events.contains { $0.line.contains("\"href\":\"\(page)\"") }
  }
}
