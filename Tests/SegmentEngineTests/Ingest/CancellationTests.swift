import SegmentEngine
import Testing

@Suite("A cancelled task either stored nothing or stored all")
struct CancellationTests {
  private let key = SessionKey(id: "s")

  @Test("Cancelled before the call, nothing is stored")
  func before() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = key
    let task = Task { () -> StoreError? in
      while !Task.isCancelled { await Task.yield() }
      return await failure { try await store.add([Sample.click(Sample.base)], to: key) }
    }
    task.cancel()
    let error = await task.value
    #expect(error?.code == .cancelled && error?.isRetryable == true)
    #expect(try await store.summary(of: key) == nil)
    try await store.close()
  }

  @Test("Cancelled at any other moment, the receipt tells the truth")
  func during() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = key
    var stored = 0
    for round in 0..<60 {
      let event = Sample.click(Sample.base + Double(round))
      let task = Task { try await store.add([event], to: key, batchID: "b\(round)") }
      for _ in 0..<round % 7 { await Task.yield() }
      task.cancel()
      switch await task.result {
      case .success(let receipt):
        #expect(receipt.first.sequence == UInt64(stored) && !receipt.isDuplicate)
        stored += 1
      case .failure(let error):
        #expect((error as? StoreError)?.code == .cancelled)
        let retry = try await store.add([event], to: key, batchID: "b\(round)")
        #expect(!retry.isDuplicate && retry.first.sequence == UInt64(stored))
        stored += 1
      }
    }
    #expect(try await store.summary(of: key)?.events == 60)
    try await store.close()
  }

  @Test("A cancelled reader is told so")
  func reading() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: key)
    let key = key
    let task = Task { () -> StoreError? in
      while !Task.isCancelled { await Task.yield() }
      return await failure { _ = try await store.events(in: key).all() }
    }
    task.cancel()
    #expect(await task.value?.code == .cancelled)
    try await store.close()
  }
}
