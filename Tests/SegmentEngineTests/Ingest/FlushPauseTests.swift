import Testing

@testable import SegmentEngine

@Suite("A flush waits for a pause between commits, and not for ever")
struct FlushPauseTests {
  /// What each look of one wait says.
  private func looks(_ looks: [(groups: UInt64, waiting: Int)], limit: Int = 8) -> [Bool] {
    var pause = FlushPause()
    return looks.map { pause.isOver(groups: $0.groups, waiting: $0.waiting, limit: limit) }
  }

  @Test("It begins at the second look where nothing is committed between them")
  func idle() {
    #expect(looks([(7, 1), (7, 1)]) == [false, true])
  }

  @Test("It waits while commits go on, and begins at the first look after they pause")
  func busy() {
    #expect(looks([(1, 1), (2, 1), (3, 2), (9, 2), (9, 2)]) == [false, false, false, false, true])
  }

  @Test("It begins after two seconds though commits never pause")
  func late() {
    let told = looks((0..<100).map { ($0, 1) })
    let begins = told.firstIndex(of: true).map(UInt64.init)
    #expect(begins.map { $0 * FlushPause.interval } == 2_000_000_000)
  }

  @Test("It begins at once where half as many journals wait as may, before batches are held")
  func many() {
    for (waiting, limit) in [(5, 8), (9, 8), (1, 1), (2, 2), (1, 0)] {
      #expect(looks([(1, waiting)], limit: limit) == [true], "\(waiting) of \(limit)")
    }
    #expect(looks([(1, 4), (2, 5)]) == [false, true])
  }

  @Test("Journals are flushed while batches come without a pause")
  func endless() async throws {
    let folder = try StoreFolder()
    var configuration = Configuration.small()
    configuration.journalBytes = 4_096
    let store = try await folder.open(.readWrite, configuration)
    let key = SessionKey(id: "busy")
    var sent = 0
    try await eventually("journals are packed beside commits") {
      for _ in 0..<20 {
        try await store.add([Sample.click(Sample.base + Double(sent))], to: key)
        sent += 1
      }
      return try await store.info().recentPacks.count > 0
    }
    let summary = try #require(try await store.summary(of: key))
    #expect(Int(summary.events) == sent)
    try await store.close()
  }
}
