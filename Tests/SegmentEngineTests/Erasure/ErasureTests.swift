import SegmentFiles
import Testing

@testable import SegmentEngine

@Suite("What is erased is gone: from readers at once, from files when it returns")
struct ErasureTests {
  private let secret = "qzj-private-7731"
  private let key = SessionKey(project: "shop", id: "qzj-private-7731-id")

  /// Where the session lies when it is erased.
  enum Stage: CaseIterable, Sendable { case live, sealed, recent, archived, spread }

  private func fill(_ store: ReplayStore, _ clock: ShiftedClock, _ stage: Stage) async throws {
    for number in 0..<6 {
      try await store.addSession(SessionKey(project: "shop", id: "n\(number)"), text: "other\(number)")
    }
    let parts = stage == .spread ? 3 : 1
    for part in 0..<parts {
      try await store.addSession(
        key, text: "\(secret)-\(part)", events: 30, visitor: "\(secret)-visitor",
        tags: ["\(secret)-key": "\(secret)-value"],
        isFinished: part == parts - 1)
      if stage == .spread, part < 2 {
        try await store.flush()
        if part == 0 {
          clock.advance(hours: 30)
          try await store.maintain([.promotion])
        }
      }
    }
    if stage == .sealed { try store.writing?.writer.rotate() }
    if stage == .recent || stage == .archived { try await store.flush() }
    if stage == .archived {
      clock.advance(hours: 30)
      try await store.maintain([.promotion])
    }
  }

  @Test("Live, sealed, recent, archived or all of these", arguments: Stage.allCases, [Mode.readWrite, .maintenance])
  func everywhere(_ stage: Stage, _ mode: Mode) async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
    try await fill(store, clock, stage)
    let others = try await StoreImage(store).exports.filter { $0.key != key }
    #expect(others.count == 6)
    // Edits, pins and holds name it too.
    try await store.pin(key)
    let eraser = mode == .readWrite ? store : try await folder.open(mode, .compacting(recentHours: 1), clock: clock)
    if mode == .maintenance { try await eraser.setTags(["\(secret)-late": "\(secret)"], on: key) }
    #expect(try !store.traces(of: secret, in: folder).isEmpty)

    let receipt = try await eraser.erase(.session(key))
    #expect(receipt.sessions == 1 && receipt.isComplete && receipt.kind == .session)
    #expect(receipt.segments + receipt.records > 0)
    #expect(try store.traces(of: secret, in: folder) == [])
    for handle in [store, eraser] {
      #expect(try await handle.summary(of: key) == nil)
      #expect(try await handle.sessions().sessions.count == 6)
      for order in [EventOrder.arrival, .time] {
        #expect(await failure { _ = try await handle.events(in: key, order: order).all() }?.code == .sessionErased)
      }
      #expect(await failure { _ = try await handle.byteRanges(in: key) }?.code == .sessionErased)
      for (key, text) in others { #expect(try await handle.export(key) == text) }
    }
    for origin in [Origin.live, .imported] {
      #expect(
        await failure { try await store.append(Sample.batch(Sample.click(Sample.base)), to: key, origin: origin) }?.code
          == .sessionErased)
    }
    #expect(await failure { try await store.setTags(["a": "b"], on: key) }?.code == .sessionErased)
    #expect(await failure { try await store.pin(key) }?.code == .sessionErased)
    #expect(try await store.verify(deep: true).findings == [])

    // What comes later moves nothing of it back.
    try await store.addSession(SessionKey(project: "shop", id: "later"), text: "later")
    try await store.flush()
    clock.advance(hours: 30)
    try await store.maintain()
    #expect(try store.traces(of: secret, in: folder) == [])
    for (key, text) in others { #expect(try await store.export(key) == text) }
    #expect(try await store.verify(deep: true).findings == [])
    let receipts = try await store.erasureReceipts()
    #expect(receipts.map(\.id) == [receipt.id] && receipts[0].isComplete)
    if mode == .maintenance { try await eraser.close() }
    try await store.close()
    let again = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
    #expect(try await again.summary(of: key) == nil)
    #expect(try again.traces(of: secret, in: folder) == [])
    try await again.close()
  }

  @Test("Where nobody writes, the journals are erased all the same")
  func withoutWriter() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
    try await fill(store, clock, .live)
    try await store.close()
    let other = try await folder.open(.maintenance, .compacting(recentHours: 1), clock: clock)
    #expect(try await other.erase(.session(key)).records == 1)
    #expect(try other.traces(of: secret, in: folder) == [])
    #expect(try await other.sessions().sessions.count == 6)
    #expect(try await other.verify(deep: true).findings == [])
    try await other.close()
  }

  @Test("A visitor's, a tag's, a project's sessions, and nothing else")
  func targets() async throws {
    let targets: [(ErasureTarget, Set<String>)] = [
      (.visitor("ann"), ["a1", "a2", "b3"]), (.visitor("ann", project: "a"), ["a1", "a2"]),
      (.tag(key: "plan", value: "pro"), ["a2", "b1"]), (.tag(key: "plan", value: "pro", project: "b"), ["b1"]),
      (.project("b"), ["b1", "b2", "b3"]),
    ]
    for (target, expected) in targets {
      let folder = try StoreFolder()
      let clock = ShiftedClock()
      let store = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
      let all: [(project: String, id: String, visitor: String, tags: [String: String?])] = [
        ("a", "a1", "ann", [:]), ("a", "a2", "ann", ["plan": "pro"]), ("a", "a3", "bob", ["plan": "free"]),
        ("b", "b1", "bob", ["plan": "pro"]), ("b", "b2", "eve", ["plan": "pro"]), ("b", "b3", "ann", [:]),
      ]
      for (index, session) in all.enumerated() {
        try await store.addSession(
          SessionKey(project: session.project, id: session.id), text: "text-\(session.id)-", visitor: session.visitor,
          tags: session.tags)
        if index == 2 {
          try await store.flush()
          clock.advance(hours: 30)
          try await store.maintain([.promotion])
        }
        if index == 4 { try await store.flush() }
      }
      // It had the tag once, and no longer.
      try await store.setTags(["plan": "free"], on: SessionKey(project: "b", id: "b2"))
      #expect(try await Set(store.erasable(target).map(\.id)) == expected)
      let receipt = try await store.erase(target)
      #expect(receipt.sessions == UInt64(expected.count))
      #expect(try await Set(store.sessions().sessions.map(\.key.id)) == Set(all.map(\.id)).subtracting(expected))
      for session in all {
        #expect(
          try store.traces(of: "text-\(session.id)-", in: folder).isEmpty == expected.contains(session.id),
          "\(session.id)")
      }
      #expect(try await store.verify(deep: true).findings == [])
      #expect(await failure { try await store.erase(target) }?.code == .notFound)
      try await store.close()
    }
  }

  @Test("A session that is not there cannot be erased; one that was is erased again without harm")
  func absent() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    #expect(await failure { try await store.erase(.session(key)) }?.code == .notFound)
    #expect(await failure { try await store.erase(.visitor("none")) }?.code == .notFound)
    #expect(await failure { try await store.erase(.visitor("")) }?.code == .invalidArgument)
    try await store.addSession(key, text: secret)
    try await store.erase(.session(key))
    #expect(try await store.erase(.session(key)).sessions == 1)
    #expect(try await store.erasureReceipts().count == 2)
    let reader = try await folder.open(.readOnly)
    #expect(await failure { try await reader.erase(.session(key)) }?.code == .wrongMode)
    try await reader.close()
    try await store.close()
  }

  @Test("A stream that is half read ends with an error that says why")
  func midStream() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 1))
    for part in 0..<20 {
      try await store.append(
        Sample.batch([Sample.mutation(Sample.base + Double(part), text: "\(part)")]), to: key, origin: .imported)
      try await store.flush()
    }
    var iterator = store.events(in: key).makeAsyncIterator()
    #expect(try await iterator.next()?.gapBefore == nil)
    try await store.erase(.session(key))
    let error = await failure { while try await iterator.next() != nil {} }
    #expect(error?.code == .sessionErased)
    try await store.close()
  }

  @Test("Erasing beside appends, flushes, merges and promotions of the same sessions, again and again")
  func beside() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(), clock: clock)
    let maintainer = try await folder.open(.maintenance, .compacting(), clock: clock)
    let eraser = try await folder.open(.maintenance, .compacting(), clock: clock)
    let kept = SessionKey(id: "kept")
    let ended = ReadCount()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { ended.add() }
        for round in 0..<40 {
          try await store.append(
            Sample.batch([Sample.mutation(Sample.base + Double(round), text: "k\(round)")]), to: kept, origin: .imported
          )
          for number in 0..<3 {
            do {
              try await store.append(
                Sample.batch([Sample.mutation(Sample.base, text: "erase-me-\(round)-\(number)-")]),
                to: SessionKey(id: "e\(round)-\(number)"), visitor: "v\(round)", origin: .imported)
            } catch let error as StoreError where error.code == .sessionErased { continue }
          }
          if round % 3 == 0 { try await store.flush() }
        }
      }
      group.addTask {
        while ended.count == 0 {
          try await maintainer.maintain([.promotion, .merge])
          clock.advance(hours: 0.3)
        }
      }
      group.addTask {
        for round in 0..<40 {
          try await eventually("visitor \(round) is there") {
            try await !eraser.erasable(.visitor("v\(round)")).isEmpty
          }
          try await eraser.erase(.visitor("v\(round)"))
        }
      }
      try await group.waitForAll()
    }
    for round in 0..<40 {
      // What came after the visitor's erasure in the same round is another session.
      if try await !eraser.erasable(.visitor("v\(round)")).isEmpty { try await eraser.erase(.visitor("v\(round)")) }
    }
    #expect(try await store.export(kept).split(separator: "\n").count == 40)
    #expect(try await store.sessions(SessionQuery(limit: 1_000)).sessions.map(\.key) == [kept])
    #expect(try store.traces(of: "erase-me-", in: folder) == [])
    #expect(try await store.verify(deep: true).findings == [])
    for handle in [maintainer, eraser, store] { try await handle.close() }
  }
}
