import SegmentEngine
import Testing

@Suite("A tail gives each event once, in sequence, from the disk and as they come")
struct TailTests {
  private let key = SessionKey(project: "shop", id: "s")

  private func line(_ index: Int, text: String = "") -> String {
    Sample.mutation(Sample.base + Double(index), text: "\(index)\(text)")
  }

  @Test(
    "Random sessions, viewers that come at any time, flushes and rewrites between", arguments: 0..<8,
    [Mode.readWrite, .readOnly, .maintenance])
  func random(_ seed: Int, _ mode: Mode) async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    var configuration = Configuration.compacting(archiveBlock: 16_384)
    configuration.tailBytes = seed % 2 == 0 ? 1_000 : 1 << 20
    configuration.followInterval = 1
    let store = try await folder.open(.readWrite, configuration, clock: clock)
    let other = mode == .readWrite ? store : try await folder.open(mode, configuration, clock: clock)
    var generator = SeededGenerator(seed: seed)
    var expected: [String] = []
    var cursors: [Cursor] = []
    var watchers: [(Watcher, from: Int)] = []
    for step in 0..<60 {
      let events = (0..<Int.random(in: 1...4, using: &generator)).map {
        line(expected.count + $0, text: generator.letters(Int.random(in: 0...400, using: &generator)))
      }
      let receipt = try await store.add(events, to: key, window: ["", "a"][step % 2], batchID: "b\(step)")
      cursors += events.indices.map {
        Cursor(epoch: receipt.first.epoch, sequence: receipt.first.sequence + UInt64($0))
      }
      expected += events
      if generator.once(in: 6) {
        let from = Int.random(in: -1..<cursors.count, using: &generator)
        watchers.append((Watcher(other.tail(key, after: from < 0 ? nil : cursors[from])), from + 1))
      }
      if generator.once(in: 12) { try await store.flush() }
      if generator.once(in: 20) {
        try await store.flush()
        clock.advance(hours: 26)
        try await store.maintain()
      }
      // A batch that is sent again is not told again.
      if generator.once(in: 8) {
        #expect(try await store.add(events, to: key, window: ["", "a"][step % 2], batchID: "b\(step)").isDuplicate)
      }
    }
    try await store.finish(key)
    let finished = try #require(try await store.summary(of: key)?.finished)
    for (watcher, from) in watchers {
      let seen = try await watcher.end()
      #expect(seen.error == nil && seen.gaps.isEmpty && seen.finished == finished)
      #expect(seen.lines == Array(expected[from...]))
      #expect(seen.cursors == Array(cursors[from...]))
    }
    #expect(!watchers.isEmpty)
    if mode != .readWrite { try await other.close() }
    try await store.close()
  }

  @Test("From behind each event, wherever it lies: live, recent and archived; also across a restart")
  func everyCursor() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    var store = try await folder.open(.readWrite, .compacting(archiveBlock: 16_384), clock: clock)
    var expected: [String] = []
    for tier in 0..<3 {
      for _ in 0..<4 {
        let events = (0..<3).map { line(expected.count + $0) }
        try await store.add(events, to: key, window: expected.count % 2 == 0 ? "a" : "b")
        expected += events
      }
      if tier == 2 { break }
      try await store.flush()
      if tier == 0 {
        clock.advance(hours: 26)
        try await store.maintain([.promotion])
      }
    }
    for round in 0..<2 {
      let all = try await store.events(in: key, after: nil).all()
      #expect(all.lines == expected && all.gaps.isEmpty)
      for place in 0..<expected.count {
        let cursor = all.events[place].cursor
        let rest = try await store.events(in: key, after: cursor).all()
        #expect(rest.lines == Array(expected[(place + 1)...]) && rest.gaps.isEmpty, "round \(round), after \(cursor)")
        if place + 1 < expected.count {
          let watcher = Watcher(store.tail(key, after: cursor), until: expected.count - place - 1)
          #expect(try await watcher.end().cursors == all.events[(place + 1)...].map(\.cursor))
        }
      }
      if round == 0 {
        try await store.close()
        store = try await folder.open(.readWrite, .compacting(archiveBlock: 16_384), clock: clock)
      }
    }
    try await store.close()
  }

  @Test("A long backlog is read part by part, and its finish told at the end")
  func long() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let count = 300
    for index in 0..<count { try await store.append(Sample.batch(line(index)), to: key, durability: .buffered) }
    var iterator = store.tail(key).makeAsyncIterator()
    #expect(try await iterator.next()?.count == 1)
    try await store.flush()
    try await store.finish(key)
    var sequences: [UInt64] = [0]
    var finished: Timestamp?
    while let chunk = try await iterator.next() {
      #expect(chunk.gapBefore == nil)
      sequences += chunk.events.map(\.sequence)
      finished = chunk.finished
    }
    #expect(sequences == (0..<UInt64(count)).map { $0 } && finished != nil)
    let polled = try await store.events(in: key, after: nil).all()
    #expect(polled.sequences == sequences)
    try await store.close()
  }

  @Test("Many viewers of one session and of many see all that comes while they watch")
  func fanOut() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let keys = (0..<20).map { SessionKey(project: "shop", id: "s\($0)") }
    for key in keys { try await store.add([line(0)], to: key) }
    let watchers = keys.flatMap { key in (0..<10).map { _ in (key, Watcher(store.tail(key))) } }
    for (_, watcher) in watchers { try await watcher.hasSeen(1) }
    try await withThrowingTaskGroup { group in
      for key in keys {
        group.addTask {
          for index in 1..<30 { try await store.add([Sample.mutation(Sample.base, text: "\(index)")], to: key) }
          try await store.finish(key)
        }
      }
      try await group.waitForAll()
    }
    for (_, watcher) in watchers {
      let seen = try await watcher.end()
      #expect(seen.sequences == (0..<30).map(UInt64.init) && seen.finished != nil && seen.error == nil)
    }
    try await store.close()
  }

  @Test("A tail is over at the finish, also when it begins later, and gives what came after a finish first")
  func finish() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([line(0), line(1)], to: key)
    let early = Watcher(store.tail(key))
    try await early.hasSeen(2)
    #expect(!early.now.isOver)
    try await store.finish(key)
    let finished = try #require(try await store.summary(of: key)?.finished)
    #expect(try await early.end().finished == finished)
    try await store.add([line(2)], to: key)
    try await store.flush()
    let late = try await Watcher(store.tail(key)).end()
    #expect(late.lines == (0..<3).map { line($0) } && late.finished == finished)
    let polled = store.events(in: key, after: late.cursors.last)
    var iterator = polled.makeAsyncIterator()
    let last = try #require(try await iterator.next())
    #expect(last.finished == finished && last.count == 0)
    #expect(try await iterator.next() == nil)
    try await store.close()
  }

  @Test("A finish that another process commits ends the tails of both")
  func finishElsewhere() async throws {
    let folder = try StoreFolder()
    var configuration = Configuration.small()
    configuration.followInterval = 1
    let store = try await folder.open(.readWrite, configuration)
    try await store.add([line(0)], to: key)
    let admin = try await folder.open(.maintenance, configuration)
    let watchers = [Watcher(store.tail(key)), Watcher(admin.tail(key))]
    for watcher in watchers { try await watcher.hasSeen(1) }
    try await admin.finish(key)
    for watcher in watchers { #expect(try await watcher.end().finished != nil) }
    try await admin.close()
    try await store.close()
  }
}
