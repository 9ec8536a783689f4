import SegmentEngine
import Testing

@Suite("A receipt says where the events were put")
struct ReceiptTests {
  @Test("Sequences count a session's events from 0, session by session")
  func cursors() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let (a, b) = (SessionKey(id: "a"), SessionKey(id: "b"))
    let first = try await store.add([Sample.meta(Sample.base), Sample.snapshot(Sample.base)], to: a)
    let other = try await store.add([Sample.meta(Sample.base)], to: b)
    let second = try await store.add([Sample.click(Sample.base + 1)], to: a, window: "w")
    #expect(first.first.sequence == 0 && first.events == 2 && first.last?.sequence == 1)
    #expect(other.first.sequence == 0 && other.events == 1)
    #expect(second.first.sequence == 2 && second.last?.sequence == 2)
    #expect(!first.isDuplicate && first.rejected.isEmpty)
    #expect(first.received <= second.received)
    let summary = try #require(try await store.summary(of: a))
    #expect(summary.nextSequence == 3)
    #expect(summary.firstReceived == first.received && summary.lastReceived == second.received)
    let read = try await store.events(in: a).all()
    #expect(read.events.first?.cursor == first.first && read.events.last?.cursor == second.first)
    #expect(Cursor(second.first.description) == second.first)
    try await store.close()
  }

  @Test("With skipInvalid the good events are stored and the bad ones listed")
  func skipInvalid() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s")
    let good = [Sample.meta(Sample.base), Sample.snapshot(Sample.base + 1), Sample.click(Sample.base + 2)]
    let bad = [#"{"type":3,"data":{}}"#, #"{"type":3,"timestamp":"1"}"#]
    let body = [good[0], bad[0], good[1], bad[1], good[2]]
    let receipt = try await store.append(
      Sample.batch(body), to: key, batchID: "b", validation: .skipInvalid, origin: .imported)
    #expect(receipt.events == 3)
    #expect(receipt.rejected.map(\.ordinal) == [1, 3])
    let starts = [1, 3].map { body[..<$0].reduce(0) { $0 + $1.utf8.count + 1 } }
    for (rejected, start) in zip(receipt.rejected, starts) {
      #expect(rejected.byteOffset >= start && rejected.byteOffset < start + 60)
      #expect(rejected.reason.contains("timestamp"))
    }
    #expect(try await store.export(key) == good.joined(separator: "\n") + "\n")
    let again = try await store.append(
      Sample.batch(body), to: key, batchID: "b", validation: .skipInvalid, origin: .imported)
    #expect(again.isDuplicate && again.first == receipt.first && again.events == 3)
    #expect(again.rejected == receipt.rejected)
    try await store.close()
  }

  @Test("A truncated batch keeps its whole events with skipInvalid")
  func cutShort() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s")
    let body = Sample.batch(Sample.meta(Sample.base), Sample.snapshot(Sample.base + 1)).dropLast(20)
    let receipt = try await store.append(body, to: key, validation: .skipInvalid, origin: .imported)
    #expect(receipt.events == 1 && receipt.rejected.count == 1)
    #expect(try await store.export(key) == Sample.meta(Sample.base) + "\n")
    try await store.close()
  }

  @Test("A batch without a single good event does no harm with skipInvalid")
  func allBad() async throws {
    let folder = try StoreFolder()
    let key = SessionKey(id: "s")
    var store = try await folder.open()
    let receipt = try await store.append(
      Array(#"{"type":1}"#.utf8), to: key, batchID: "b", validation: .skipInvalid, origin: .imported)
    #expect(receipt.events == 0 && receipt.last == nil && receipt.rejected.count == 1)
    try await store.add([Sample.click(Sample.base)], to: key)
    #expect(try await store.export(key) == Sample.click(Sample.base) + "\n")
    try await store.flush()
    try await store.close()
    store = try await folder.open()
    #expect(try await store.export(key) == Sample.click(Sample.base) + "\n")
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("The first visitor that is given counts")
  func visitor() async throws {
    let folder = try StoreFolder()
    let key = SessionKey(id: "s")
    var store = try await folder.open()
    let events = Sample.batch(Sample.click(Sample.base))
    try await store.append(events, to: key, origin: .imported)
    try await store.append(events, to: key, visitor: "ann", origin: .imported)
    try await store.append(events, to: key, visitor: "bob", origin: .imported)
    #expect(try await store.summary(of: key)?.visitor == "ann")
    try await store.flush()
    try await store.append(events, to: key, visitor: "cleo", origin: .imported)
    #expect(try await store.summary(of: key)?.visitor == "ann")
    try await store.close()
    store = try await folder.open()
    #expect(try await store.summary(of: key)?.visitor == "ann")
    try await store.flush()
    #expect(try await store.summary(of: key)?.visitor == "ann")
    try await store.close()
  }
}
