import SegmentEngine
import Testing

@Suite("Buffered batches are there at once, and for good after a close")
struct DurabilityTests {
  private let key = SessionKey(id: "s")

  @Test("They are read back by the handle that wrote them, and after it was closed")
  func buffered() async throws {
    let folder = try StoreFolder()
    var store = try await folder.open()
    var expected = ""
    for round in 0..<10 {
      let event = Sample.click(Sample.base + Double(round))
      let receipt = try await store.append(
        Sample.batch(event), to: key, batchID: "b\(round)", durability: round % 3 == 2 ? .synced : .buffered,
        origin: .imported)
      #expect(receipt.first.sequence == UInt64(round))
      expected += event + "\n"
      #expect(try await store.export(key) == expected)
    }
    try await store.close()
    store = try await folder.open()
    #expect(try await store.export(key) == expected)
    #expect(try await store.add([Sample.click(Sample.base + 9)], to: key, batchID: "b9").isDuplicate)
    try await store.close()
  }

  @Test("They reach readers in other processes by themselves")
  func reachReaders() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let reader = try await folder.open(.readOnly)
    try await store.append(Sample.batch(Sample.click(Sample.base)), to: key, durability: .buffered, origin: .imported)
    let key = key
    try await eventually("a reader sees it") { try await reader.summary(of: key)?.events == 1 }
    try await reader.close()
    try await store.close()
  }

  @Test("A flush takes them along")
  func flush() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.append(Sample.batch(Sample.click(Sample.base)), to: key, durability: .buffered, origin: .imported)
    try await store.flush()
    let summary = try #require(try await store.summary(of: key))
    #expect(!summary.isLive && summary.segments == 1 && summary.events == 1)
    try await store.close()
  }
}
