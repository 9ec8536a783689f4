internal import Foundation
import SegmentEngine
import Testing

@Suite("One process at a time writes, and who comes second is told who was first")
struct LockTests {
  @Test("The error names host, process and start time, and nothing is changed")
  func holder() async throws {
    let folder = try StoreFolder()
    let key = SessionKey(id: "s")
    let store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: key)
    let before = try folder.content()
    let error = await failure { _ = try await folder.open() }
    #expect(error?.code == .locked && error?.isRetryable == true)
    let message = try #require(error?.message)
    #expect(message.contains("process \(ProcessInfo.processInfo.processIdentifier) on "))
    #expect(message.contains(" on \(ProcessInfo.processInfo.hostName)") || message.contains(" on "))
    let started = try #require(message.firstMatch(of: /started (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)/))
    #expect(started.1 <= Date.now.ISO8601Format(.iso8601(timeZone: .gmt, includingFractionalSeconds: true)))
    #expect(try folder.content() == before)
    #expect(try await store.info().writer?.contains("process \(ProcessInfo.processInfo.processIdentifier) on ") == true)
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.close()
    let next = try await folder.open()
    #expect(try await next.summary(of: key)?.events == 2)
    try await next.close()
    let reader = try await folder.open(.readOnly)
    #expect(try await reader.info().writer == nil)
    try await reader.close()
  }

  @Test("Of many that open at once exactly one gets it")
  func race() async throws {
    let folder = try StoreFolder()
    for _ in 0..<5 {
      let stores = await withTaskGroup(of: ReplayStore?.self) { group in
        for _ in 0..<6 { group.addTask { try? await folder.open() } }
        var stores: [ReplayStore] = []
        for await store in group { if let store { stores.append(store) } }
        return stores
      }
      #expect(stores.count == 1)
      for store in stores { try await store.close() }
    }
  }

  @Test("A store that is let go of without being closed is not lost")
  func abandoned() async throws {
    let folder = try StoreFolder()
    let key = SessionKey(id: "s")
    // A copy of the files is what a killed process leaves behind.
    let store = try await folder.open()
    for round in 0..<5 { try await store.add([Sample.click(Sample.base)], to: key, batchID: "b\(round)") }
    let copy = try StoreFolder()
    try FileManager.default.copyItem(atPath: folder.path, toPath: copy.path)
    try await store.close()
    let recovered = try await copy.open()
    #expect(try await recovered.summary(of: key)?.events == 5)
    #expect(try await recovered.add([Sample.click(Sample.base)], to: key, batchID: "b4").isDuplicate)
    #expect(try await recovered.add([Sample.click(Sample.base)], to: key, batchID: "b5").first.sequence == 5)
    #expect(try await recovered.verify(deep: true).isClean)
    try await recovered.close()
  }
}
