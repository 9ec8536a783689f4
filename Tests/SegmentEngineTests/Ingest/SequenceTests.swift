import SegmentEngine
import Testing

@Suite("A session's sequences go on without a gap")
struct SequenceTests {
  private let key = SessionKey(id: "s")

  @Test("Whatever becomes of the store in between", arguments: Stage.allCases)
  func goOn(_ stage: Stage) async throws {
    let folder = try StoreFolder()
    var store = try await folder.open()
    var expected: [String] = []
    for round in 0..<3 {
      let events = (0..<5).map { Sample.mutation(Sample.base + Double(round * 10 + $0)) }
      let receipt = try await store.add(events, to: key, window: "w\(round % 2)")
      #expect(receipt.first.sequence == UInt64(expected.count), "round \(round)")
      expected += events
      store = try await stage.reach(store, key, in: folder)
      expected += Array(repeating: Sample.click(Sample.base + 9), count: stage.events)
    }
    let read = try await store.events(in: key).all()
    #expect(read.lines == expected)
    #expect(read.sequences == expected.indices.map(UInt64.init))
    #expect(try await store.verify(deep: true).isClean)
    try await store.close()
  }

  @Test("Interleaved windows share one sequence and come out apart and together")
  func windows() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let names = ["", "tab-1", "tab-2"]
    var all: [(window: String, line: String)] = []
    for round in 0..<30 {
      let window = names[round * 7 % 3]
      let events = (0...round % 4).map {
        Sample.mutation(Sample.base + Double(round * 100 + $0), text: "\(round)-\($0)")
      }
      let receipt = try await store.add(events, to: key, window: window)
      #expect(receipt.first.sequence == UInt64(all.count))
      all += events.map { (window, $0) }
      if round == 12 || round == 20 { try await store.flush() }
    }
    for _ in 0..<2 {
      let read = try await store.events(in: key).all()
      #expect(read.lines == all.map(\.line))
      #expect(read.events.map(\.window) == all.map(\.window))
      for name in names {
        let apart = try await store.events(in: key, window: name).all()
        #expect(apart.lines == all.filter { $0.window == name }.map(\.line))
        #expect(apart.events.allSatisfy { $0.window == name })
      }
      #expect(try await store.events(in: key, window: "none").all() == ReadOut())
      try await store.flush()
    }
    #expect(try await store.summary(of: key).map { Set($0.windows) } == Set(names))
    try await store.close()
  }

  @Test("64 sessions written at once each keep their own order")
  func concurrentSessions() async throws {
    let folder = try StoreFolder()
    var configuration = Configuration.small()
    configuration.journalBytes = 256 << 10
    let store = try await folder.open(.readWrite, configuration)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for session in 0..<64 {
        group.addTask {
          for batch in 0..<12 {
            let receipt = try await store.add(
              Self.events(session, batch), to: SessionKey(id: "s\(session)"), batchID: "b\(batch)")
            #expect(receipt.first.sequence == UInt64(batch * 3) && !receipt.isDuplicate)
          }
        }
      }
      try await group.waitForAll()
    }
    for session in 0..<64 {
      let expected = (0..<12).flatMap { Self.events(session, $0) }.joined(separator: "\n") + "\n"
      #expect(try await store.export(SessionKey(id: "s\(session)")) == expected)
    }
    try await store.flush()
    for session in 0..<64 {
      let expected = (0..<12).flatMap { Self.events(session, $0) }.joined(separator: "\n") + "\n"
      #expect(try await store.export(SessionKey(id: "s\(session)")) == expected)
    }
    #expect(try await store.verify(deep: true).isClean)
    #expect(try await store.info().sessions == 64)
    try await store.close()
  }

  private static func events(_ session: Int, _ batch: Int) -> [String] {
    var generator = SeededGenerator(seed: session * 1_000 + batch)
    return (0..<3).map { Sample.mutation(Sample.base + Double(batch * 100 + $0), text: generator.letters(300)) }
  }

  @Test("A journal that grows is flushed by itself, and nothing is lost or doubled")
  func rotation() async throws {
    let folder = try StoreFolder()
    var configuration = Configuration.small()
    configuration.journalBytes = 16 << 10
    let store = try await folder.open(.readWrite, configuration)
    var expected: [String] = []
    for round in 0..<60 {
      let events = Self.events(1, round)
      #expect(try await store.add(events, to: key).first.sequence == UInt64(expected.count))
      expected += events
      if round % 10 == 9 { #expect(try await store.events(in: key).all().lines == expected) }
    }
    try await eventually("the journals are packed") { try await store.info().recentPacks.count > 0 }
    #expect(try await store.events(in: key).all().lines == expected)
    try await store.close()
  }
}
