import SegmentEngine
import Testing

/// The code of DurabilityAndErrors.md, which ArticleTests holds against the marked regions here.
@Suite("Durability and errors, as the article has it")
struct ErrorHandlingTests {
  @Test("Batches are acknowledged when they are synced, or before")
  func durability() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s")
    let (body, mouseMoves) = (Sample.batch([Sample.snapshot(Sample.base)]), Sample.batch([Sample.click(Sample.base)]))
    // [article]
    try await store.append(body, to: key, batchID: "1")  // on the disk
    try await store.append(mouseMoves, to: key, batchID: "2", durability: .buffered)  // there within 100 ms
    // [end]
    #expect(try await store.summary(of: key)?.events == 2)
    try await store.close()
  }

  @Test("Of a batch that cannot be sent again the valid events are kept")
  func lastBatch() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s")
    let body = Sample.batch([Sample.click(Sample.base), "{\"type\":3", Sample.click(Sample.base + 1)])
    // [article]
    let receipt = try await store.append(body, to: key, batchID: "last", validation: .skipInvalid)
    for event in receipt.rejected { print("event \(event.ordinal), byte \(event.byteOffset): \(event.reason)") }
    // [end]
    #expect(receipt.events == 2 && receipt.rejected.map(\.ordinal) == [1])
    #expect(try await store.summary(of: key)?.events == 2)
    try await store.close()
  }

  // [article]
  /// Takes in what a recorder posted. Returns the HTTP status to answer with.
  func receive(_ body: [UInt8], of key: SessionKey, batchID: String, in store: ReplayStore) async -> Int {
    do throws(StoreError) {
      try await store.append(body, to: key, batchID: batchID)
      return 204
    } catch {
      return status(for: error)
    }
  }

  /// 4xx: sending it again is of no use. 503 and 507: the recorder keeps the batch and sends it again, with the same ID.
  func status(for error: StoreError) -> Int {
    switch error.code {
    case .emptyBatch, .invalidEvents, .invalidArgument: 400
    case .eventTooLarge, .batchTooLarge: 413
    case .batchConflict: 409
    case .sessionDropped, .sessionExpired, .sessionErased: 410
    case .diskFull, .budgetExceeded: 507
    default: error.isRetryable ? 503 : 500
    }
  }
  // [end]

  @Test("What a recorder is answered follows from the error's code")
  func answers() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    let key = SessionKey(id: "s")
    let batch = Sample.batch([Sample.click(Sample.base)])
    #expect(await receive(batch, of: key, batchID: "1", in: store) == 204)
    #expect(await receive(batch, of: key, batchID: "1", in: store) == 204)
    #expect(await receive(Sample.batch([Sample.click(1)]), of: key, batchID: "1", in: store) == 409)
    #expect(await receive([], of: key, batchID: "2", in: store) == 400)
    #expect(await receive(Array("{".utf8), of: key, batchID: "2", in: store) == 400)
    #expect(await receive(batch, of: SessionKey(id: ""), batchID: "2", in: store) == 400)
    try await store.erase(.session(key))
    #expect(await receive(batch, of: key, batchID: "2", in: store) == 410)
    try await store.close()
    #expect(await receive(batch, of: key, batchID: "2", in: store) == 500)
  }

  @Test("The others are told apart by whether the call may be repeated")
  func statuses() {
    let cases: [(StoreError.Code, isRetryable: Bool, status: Int)] = [
      (.diskFull, true, 507), (.budgetExceeded, true, 507), (.batchTooLarge, false, 413), (.sessionDropped, false, 410),
      (.locked, true, 503), (.ioFailed, false, 500), (.cancelled, true, 503),
    ]
    for (code, isRetryable, expected) in cases {
      #expect(status(for: StoreError(code, "", isRetryable: isRetryable)) == expected)
    }
  }
}
