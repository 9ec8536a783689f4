import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// Each operation of the scripted life fails, in each way, once or from there on, and the life goes on as a program's
/// does: it gets an error, goes on with the next step, and opens the store again where the handle is of no more use.
@Suite struct FaultLoopTests {
  /// Operations of one case in a run that does not take all.
  static let share = 36

  @Test(arguments: FaultCase.writing)
  func whateverOperationFails_WhatWasAcknowledgedIsThereAndWhatFailedIsThereOrNot(_ fault: FaultCase) throws {
    let log = FaultyLife.writes
    let suited = log.indices.filter { fault.suits(log[$0]) }
    #expect(suited.count > 50)
    for operation in FaultChoice.some(Self.share, of: suited, salt: fault.description) {
      try FaultyLife(fault: fault, operation: operation, countsReads: false).check()
    }
  }

  /// The loop above is over all operations there are: one behind the last is never met.
  @Test func aLifeHasNoOperationBehindTheLast() throws {
    let run = FaultyLife(fault: FaultCase.writing[0], operation: FaultyLife.writes.count, countsReads: false)
    let (disk, life) = run.lead()
    #expect(disk.operationCount == run.operation && life.errors.isEmpty && life.unanswered.isEmpty)
    try Recovery.check(disk, life, "without a fault")
  }
}
