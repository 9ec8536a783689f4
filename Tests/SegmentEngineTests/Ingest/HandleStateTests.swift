import SegmentEngine
import Testing

@Suite("A handle does only what it was opened for, and nothing once closed")
struct HandleStateTests {
  private let key = SessionKey(id: "s")

  @Test("Every call on a closed handle is refused; closing twice is not")
  func closed() async throws {
    for mode in [Mode.readWrite, .readOnly, .maintenance] {
      let folder = try StoreFolder()
      let writer = try await folder.open()
      try await writer.add([Sample.click(Sample.base)], to: key)
      try await writer.close()
      let store = try await folder.open(mode)
      try await store.close()
      try await store.close()
      let calls: [(String, () async throws -> Void)] = [
        ("append", { try await store.add([Sample.click(Sample.base)], to: key) }),
        ("setTags", { try await store.setTags(["a": "b"], on: key) }),
        ("finish", { try await store.finish(key) }),
        ("sessions", { _ = try await store.sessions() }),
        ("summary", { _ = try await store.summary(of: key) }),
        ("events", { _ = try await store.events(in: key).all() }),
        ("events in order of time", { _ = try await store.events(in: key, order: .time).all() }),
        ("playback", { _ = try await store.playback(of: key).all() }),
        ("byteRanges", { _ = try await store.byteRanges(in: key) }),
        ("info", { _ = try await store.info() }),
        ("verify", { _ = try await store.verify() }),
        ("flush", { try await store.flush() }),
      ]
      for (name, call) in calls {
        let error = await failure(call)
        #expect(error?.code == .closed, "\(name) on a handle of mode \(mode)")
      }
    }
  }

  @Test("A handle that only reads changes nothing")
  func readOnly() async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open()
    try await writer.add([Sample.click(Sample.base)], to: key)
    try await writer.close()
    let before = try folder.content()
    let store = try await folder.open(.readOnly)
    #expect(await failure { try await store.add([Sample.click(Sample.base)], to: key) }?.code == .wrongMode)
    #expect(await failure { try await store.setTags(["a": "b"], on: key) }?.code == .wrongMode)
    #expect(await failure { try await store.finish(key) }?.code == .wrongMode)
    #expect(await failure { try await store.flush() }?.code == .wrongMode)
    #expect(try await store.export(key) == Sample.click(Sample.base) + "\n")
    #expect(try await store.verify(deep: true).isClean)
    try await store.close()
    #expect(try folder.content() == before)
  }

  @Test("A handle for maintenance takes no events")
  func maintenance() async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open()
    try await writer.close()
    let store = try await folder.open(.maintenance)
    #expect(await failure { try await store.add([Sample.click(Sample.base)], to: key) }?.code == .wrongMode)
    try await store.close()
  }

  @Test("What is not there is not found")
  func notFound() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    #expect(try await store.summary(of: key) == nil)
    #expect(await failure { _ = try await store.events(in: key).all() }?.code == .notFound)
    #expect(await failure { _ = try await store.events(in: key, order: .time).all() }?.code == .notFound)
    #expect(await failure { _ = try await store.playback(of: key).all() }?.code == .notFound)
    #expect(await failure { _ = try await store.byteRanges(in: key) }?.code == .notFound)
    #expect(await failure { try await store.setTags(["a": "b"], on: key) }?.code == .notFound)
    #expect(await failure { try await store.finish(key) }?.code == .notFound)
    let none = try #require(DictionaryID("00112233445566778899aabbccddeeff"))
    #expect(await failure { _ = try await store.dictionary(none) }?.code == .notFound)
    #expect(try await store.sessions().sessions.isEmpty)
    #expect(try await store.summary(of: key) == nil)
    try await store.close()
  }

  @Test("What was queued before a close is committed or refused, and the receipt tells which")
  func closingWhileWriting() async throws {
    let folder = try StoreFolder()
    let key = key
    var stored: [Int] = []
    for round in 0..<8 {
      let store = try await folder.open()
      let tasks = (0..<8).map { place in
        Task { try await store.add([Sample.click(Sample.base)], to: key, batchID: "\(round)-\(place)") }
      }
      for _ in 0..<round { await Task.yield() }
      try await store.close()
      for (place, task) in tasks.enumerated() {
        switch await task.result {
        case .success: stored.append(round * 8 + place)
        case .failure(let error): #expect((error as? StoreError)?.code == .closed)
        }
      }
    }
    let store = try await folder.open()
    #expect(try await store.summary(of: key)?.events ?? 0 == UInt64(stored.count))
    for number in stored {
      let again = try await store.add([Sample.click(Sample.base)], to: key, batchID: "\(number / 8)-\(number % 8)")
      #expect(again.isDuplicate)
    }
    try await store.close()
  }
}
