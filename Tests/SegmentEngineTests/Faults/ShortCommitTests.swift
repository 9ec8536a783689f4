import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// A commit of which a full disk took a part.
@Suite struct ShortCommitTests {
  /// Found by the fault loop (short writes from operation 386 of the scripted life on): the part held the first copy of the
  /// commit whole. It was cut off again, but the cut not synced; the flush took its pack away, as the disk had been full.
  /// With a loss of power the commit was back, and named a pack that was gone instead of its journals.
  @Test func aCommitThatWasWrittenInPartIsNotBackAfterALossOfPowerWhenItsPackIsGone() throws {
    for seed in UInt64(0)..<12 {
      let disk = SimulatedDisk(seed: seed)
      let store = SimulatedStore(disk, seed: 51)
      var life = ScriptedLife(store)
      let writer = try store.openWriter()
      try life.append(writer, [(ScriptedLife.first, 30)])
      try writer.rotate()
      disk.inject(
        Fault(.shortWrite, at: .matching { operation, path in operation == .write && path.hasSuffix("/catalog") }))
      do {
        try writer.flush()
        Issue.record("a commit was written in part and nobody noticed")
      } catch {
        #expect(error.code == .diskFull)
      }
      for number in UInt64(0)..<24 {
        let found = SimulatedStore(disk.powerLoss(.random, seed: number), seed: 52)
        let recovered = try found.openWriter(2)
        #expect(try life.oracle.problem(in: recovered.core) == nil, "seed \(seed), \(number)")
        #expect(try recovered.core.verified(deep: true).isClean, "seed \(seed), \(number)")
        try recovered.close()
      }
      try writer.flush()
      #expect(try life.oracle.problem(in: writer.core) == nil)
      try writer.close()
    }
  }
}
