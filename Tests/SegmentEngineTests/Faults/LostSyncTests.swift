import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// What a failed sync does to those that come after it.
@Suite struct LostSyncTests {
  /// Found by the fault loop (a failed sync at operation 36 of the scripted life). The cache still showed the batch that the
  /// sync had lost: recovery found it, synced the journal, which wrote nothing, and sealed it; the client sent the batch
  /// again and was told that it is a duplicate. With the next loss of power it was gone.
  @Test(arguments: [Fault.Kind.failedSyncLosesDirtyData, .failedSyncRevertsDirtyData])
  func aBatchThatWasLostInAFailedSyncIsDurableWhenItIsAcknowledgedAfterARestart(_ kind: Fault.Kind) throws {
    let disk = SimulatedDisk(seed: 31)
    let store = SimulatedStore(disk, seed: 31)
    let life = ScriptedLife(store)
    let key = ScriptedLife.first
    let batches = [1, 2, 3].map { ScriptedLife.events(20, number: $0) }
    func append(_ writer: StoreWriter, _ number: Int) throws -> Bool {
      try writer.core.prepare(key)
      let pending = try life.prepared(key, batches[number], "batch-\(number)")
      return try #require(writer.commit([pending]).first).get().isDuplicate
    }
    let writer = try store.openWriter()
    _ = try append(writer, 0)
    disk.inject(Fault(kind, at: .matching { operation, path in operation == .sync && path.contains("journals/") }))
    #expect(throws: StoreError.self) { _ = try append(writer, 1) }
    try? writer.close()
    let again = try store.openWriter(2)
    _ = try append(again, 1)
    // Before anything else is written, and after.
    for isLater in [false, true] {
      if isLater { _ = try append(again, 2) }
      for fate in Fate.allCases {
        let found = SimulatedStore(disk.powerLoss(fate, seed: 1), seed: 32)
        let recovered = try found.openWriter(3)
        #expect(
          try recovered.core.exported(key).bytes == Array(batches[...(isLater ? 2 : 1)].joined()), "\(fate)")
        #expect(try recovered.core.verified(deep: true).isClean, "\(fate)")
        try recovered.close()
      }
    }
    try again.close()
  }
}
