import SegmentEngine
import Testing

@Suite("A batch ID stands for one batch of its session, for ever")
struct BatchIDTests {
  private let key = SessionKey(id: "s")
  private let events = [Sample.meta(Sample.base), Sample.snapshot(Sample.base), Sample.click(Sample.base + 1)]

  @Test("Sent again, it returns the first receipt and stores nothing", arguments: Stage.allCases)
  func duplicate(_ stage: Stage) async throws {
    let folder = try StoreFolder()
    var store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: key)
    let first = try await store.add(events, to: key, window: "w", batchID: "b-1")
    store = try await stage.reach(store, key, in: folder)
    let before = try await store.export(key)
    let second = try await store.add(events, to: key, window: "w", batchID: "b-1")
    #expect(second.isDuplicate)
    #expect(second.first == first.first && second.events == first.events && second.received == first.received)
    #expect(try await store.export(key) == before)
    #expect(try await store.summary(of: key)?.events == UInt64(4 + stage.events))
    try await store.close()
  }

  @Test("With other bytes it is refused and nothing is stored", arguments: Stage.allCases)
  func conflict(_ stage: Stage) async throws {
    let folder = try StoreFolder()
    var store = try await folder.open()
    try await store.add(events, to: key, batchID: "b-1")
    store = try await stage.reach(store, key, in: folder)
    let before = try await store.export(key)
    let error = await failure { try await store.add([Sample.click(Sample.base + 5)], to: key, batchID: "b-1") }
    #expect(error?.code == .batchConflict)
    #expect(error?.message.contains("b-1") == true)
    #expect(error?.location?.session == key)
    #expect(try await store.export(key) == before)
    try await store.close()
  }

  @Test("Other IDs, other sessions, and no ID at all are other batches", arguments: Stage.allCases)
  func others(_ stage: Stage) async throws {
    let folder = try StoreFolder()
    var store = try await folder.open()
    try await store.add(events, to: key, batchID: "b-1")
    store = try await stage.reach(store, key, in: folder)
    for (session, id) in [(key, "b-2"), (SessionKey(id: "t"), "b-1"), (SessionKey(project: "p", id: "s"), "b-1")] {
      #expect(try await !store.add(events, to: session, batchID: id).isDuplicate)
    }
    for _ in 0..<2 { #expect(try await !store.add(events, to: key).isDuplicate) }
    #expect(try await !store.add(events, to: key, batchID: "").isDuplicate)
    #expect(try await store.summary(of: key)?.events == UInt64(15 + stage.events))
    try await store.close()
  }

  @Test("Sent many times at once, exactly one is stored")
  func inFlight() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let (key, events) = (key, events)
    for round in 0..<20 {
      let receipts = try await withThrowingTaskGroup(of: AppendReceipt.self) { group in
        for _ in 0..<16 {
          group.addTask { try await store.add(events, to: key, batchID: "b-\(round)") }
        }
        var receipts: [AppendReceipt] = []
        for try await receipt in group { receipts.append(receipt) }
        return receipts
      }
      #expect(receipts.count { !$0.isDuplicate } == 1)
      #expect(Set(receipts.map(\.first)).count == 1)
      #expect(Set(receipts.map(\.received)).count == 1)
    }
    #expect(try await store.summary(of: key)?.events == 60)
    try await store.close()
  }

  @Test("Sent at once with other bytes, one wins and the others are refused")
  func conflictInFlight() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = key
    let codes = await withTaskGroup(of: StoreError.Code?.self) { group in
      for place in 0..<12 {
        group.addTask {
          do {
            try await store.append(
              Sample.batch(Sample.click(Sample.base + Double(place))), to: key, batchID: "b", origin: .imported)
            return nil
          } catch {
            return (error as? StoreError)?.code ?? .ioFailed
          }
        }
      }
      var codes: [StoreError.Code?] = []
      for await code in group { codes.append(code) }
      return codes
    }
    #expect(codes.count { $0 == nil } == 1)
    #expect(codes.count { $0 == .batchConflict } == 11)
    #expect(try await store.summary(of: key)?.events == 1)
    try await store.close()
  }

  @Test("The same events in another form are the same batch")
  func canonical() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add(events, to: key, batchID: "b")
    let array = Array(("[" + events.joined(separator: " , ") + "]").utf8)
    #expect(try await store.append(array, to: key, batchID: "b", origin: .imported).isDuplicate)
    try await store.close()
  }
}
