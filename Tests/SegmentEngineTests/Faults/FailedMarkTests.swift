import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// The durable mark, which tells other processes how far the journal in use is durable.
@Suite struct FailedMarkTests {
  /// Found by the fault loop (an error at operation 400 of the scripted life, a write of the mark): the batch was
  /// acknowledged, and a snapshot that was made next ended in front of it.
  @Test(arguments: [5, 28] as [Int32])
  func aMarkThatCannotBeWrittenAtOnceCostsNoSnapshotWhatWasAcknowledged(_ number: Int32) throws {
    let disk = SimulatedDisk(seed: 41)
    let store = SimulatedStore(disk, seed: 41)
    var life = ScriptedLife(store)
    let writer = try store.openWriter()
    try life.append(writer, [(ScriptedLife.first, 3)])
    disk.inject(
      Fault(.errno(number), at: .matching { operation, path in operation == .write && path.hasSuffix("/durable") }))
    try life.append(writer, [(ScriptedLife.first, 2)])
    try life.snapshot(writer)
    #expect(try life.problemOfCopies(store) == nil)
    try writer.close()
  }
}
