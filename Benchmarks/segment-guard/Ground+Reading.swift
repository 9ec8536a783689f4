import SegmentEngine

// MARK: Reading

extension Ground {
  private func openStore() throws -> StoreCore {
    let core = try StoreCore.openForReading(Layout(root: "\(folder)/store"), .quiet, .steady(50))
    try core.readIndex()
    return core
  }

  func opening() -> (Int) throws -> Int {
    { _ in
      for _ in 0..<10 { consume(try openStore().catalog.state.commit) }
      return 10
    }
  }

  func listing() throws -> (Int) throws -> Int {
    let core = try openStore()
    return { _ in
      let page = try core.list(SessionQuery(limit: 500))
      guard page.sessions.count == 500 else { throw GuardError("a page of \(page.sessions.count) sessions") }
      return page.sessions.count
    }
  }

  /// The first chunk from the middle of 40 small sessions and of the recordings on.
  func playingMoments() throws -> (Int) throws -> Int {
    let core = try openStore()
    var choices: [(key: SessionKey, offset: Double)] = []
    for key in (0..<40).map({ GuardStore.key($0 * 25) }) + samples.map({ GuardStore.key($0) }) {
      guard let summary = try core.summary(of: key), let start = summary.start, let end = summary.end else {
        throw GuardError("session \(key) is not in the store")
      }
      choices.append((key, (end.millisecondsSince1970 - start.millisecondsSince1970) / 2))
    }
    return { _ in
      for (key, offset) in choices {
        var stream = try PlaybackStream(core, key, at: .offset(milliseconds: offset), window: nil)
        guard try stream.next()?.ndjson.isEmpty == false else { throw GuardError("session \(key) is not played") }
      }
      return choices.count
    }
  }

  /// The recordings from first to last, every event looked at.
  func playingAll() throws -> (Int) throws -> Int {
    let core = try openStore()
    return { _ in
      var events = 0
      for sample in samples {
        var stream = try PlaybackStream(core, GuardStore.key(sample), at: .start, window: nil)
        while let chunk = try stream.next() {
          for event in chunk.events {
            consume(event.bytes.count)
            events += 1
          }
        }
      }
      return events
    }
  }

  func exporting() throws -> (Int) throws -> Int {
    let core = try openStore()
    return { _ in
      var bytes = 0
      for sample in samples {
        var stream = try ArrivalStream(core, GuardStore.key(sample), time: nil, window: nil)
        while let chunk = try stream.next() { bytes += chunk.ndjson.count }
      }
      return bytes / 1_024
    }
  }

  func verifying(isDeep: Bool) throws -> (Int) throws -> Int {
    let core = try openStore()
    let kibibytes = Int(core.catalog.state.packs.reduce(0) { $0 + $1.rawBytes } / 1_024)
    return { _ in
      var verifier = Verifier(core, isDeep: isDeep, progress: nil)
      let report = try verifier.run()
      guard report.findings.isEmpty else { throw GuardError("the store is damaged: \(report.findings[0].message)") }
      return isDeep ? kibibytes : GuardStore.smallSessions + samples.count
    }
  }

  /// 10,000 look-ups among 100,000 segments, all of which are found.
  func lookingUp() throws -> (Int) throws -> Int {
    let count = 100_000
    let index = try index(of: count)
    return { turn in
      var found = 0
      var hash: UInt64 = 0
      for _ in 0..<10_000 {
        hash = (hash &+ 7_919) % UInt64(count)
        found += index.find(Self.hash(Int(hash))).count
      }
      guard found == 10_000 else { throw GuardError("\(found) segments were found of 10,000") }
      return 10_000
    }
  }

  /// Hashes that are as good as random, each once.
  private static func hash(_ number: Int) -> UInt64 { UInt64(number) &* 0x9E37_79B9_7F4A_7C15 }

  private func index(of count: Int) throws -> SegmentIndex {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * Locator.size)
    for hash in (0..<count).map(Self.hash).sorted() {
      for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: hash >> (8 * UInt64(place)))) }
      bytes += [0, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    }
    let pack = try openStore().catalog.state.packs[0]
    let table = try LocatorTable(bytes, count: count, directory: 0..<100)
    return SegmentIndex.empty.changing(removing: [], adding: [(pack, table)]).merged()
  }
}
