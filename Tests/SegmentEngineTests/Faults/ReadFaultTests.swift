import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// Each read of the scripted life fails, is wrong by a bit, or comes from elsewhere, once or from there on: wrong bytes are
/// never given out as right, and nothing is destroyed on the word of a disk that reads wrongly.
@Suite struct ReadFaultTests {
  static let share = 60

  @Test(arguments: FaultCase.reading)
  func whateverReadFailsOrIsWrong_NoWrongByteIsGivenOutAndNothingIsGoneWhenItReadsWellAgain(_ fault: FaultCase) throws {
    let log = FaultyLife.all
    let suited = log.indices.filter { fault.suits(log[$0]) }
    #expect(suited.count > 400)
    for operation in FaultChoice.some(Self.share, of: suited, salt: fault.description) {
      try FaultyLife(fault: fault, operation: operation, countsReads: true).check()
    }
  }
}
