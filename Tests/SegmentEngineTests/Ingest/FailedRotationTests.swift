import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

@Suite("What is acknowledged after a rotation that failed is there after a restart")
struct FailedRotationTests {
  private let key = SessionKey(id: "s")

  private func append(_ writer: StoreWriter, _ index: Int) -> CommitOutcome? {
    do {
      try writer.core.prepare(key)
      let batch = try PreparedBatch(
        Sample.batch(Sample.click(Sample.base + Double(index))), to: key, window: "", batchID: nil, visitor: nil,
        validation: .rejectBatch, durability: .synced, origin: .imported, received: Sample.base, limits: .init())
      return writer.commit([.batch(batch)]).first
    } catch {
      return .failure(error)
    }
  }

  /// The catalog may or may not say that the journal is sealed: nothing may be put behind its end then.
  @Test(
    "Wherever the commit of the catalog failed", arguments: [FileError.Operation.sync, .write],
    ["/catalog", "/catalog.lock"])
  func failedCommit(_ operation: FileError.Operation, _ file: String) throws {
    let ioError: Int32 = 5
    // The lock's record is written twice in a commit: before the catalog and after.
    for skipped in 0..<2 {
      let disk = SimulatedDisk(seed: 3)
      let store = SimulatedStore(disk, seed: 3)
      let writer = try store.openWriter()
      _ = try #require(append(writer, 0)).get()
      let seen = Lock(0)
      disk.inject(
        Fault(
          .errno(ioError),
          at: .matching { found, path in
            guard found == operation, path.hasSuffix(file) else { return false }
            return seen.withLock { seen in
              seen += 1
              return seen == skipped + 1
            }
          }))
      try? writer.rotate()
      disk.removeFaults()
      var acknowledged = 1
      for index in 1..<4 {
        if case .success? = append(writer, index) {
          #expect(acknowledged == index)
          acknowledged += 1
        }
      }
      // The process is gone without closing: what is on the disk now, and nothing else, is found again.
      let after = SimulatedStore(disk.clone(), seed: 4)
      let next = try after.openWriter(2)
      let expected = (0..<acknowledged).map { Sample.click(Sample.base + Double($0)) + "\n" }.joined()
      let read = try next.core.exported(key)
      #expect(String(decoding: read.bytes, as: UTF8.self) == expected, "skipped \(skipped)")
      #expect(try next.core.verified(deep: true).isClean, "skipped \(skipped)")
      try next.close()
    }
  }
}
