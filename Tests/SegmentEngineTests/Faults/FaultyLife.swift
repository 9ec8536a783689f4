import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// The scripted life on a disk that fails at one of its operations, and what must hold after it.
struct FaultyLife {
  let fault: FaultCase
  let operation: Int
  /// Whether reads can fail too.
  let countsReads: Bool

  var what: String { "\(fault.description), at operation \(operation)" }

  /// The operations of the life when nothing fails.
  static func log(countsReads: Bool) -> [String] {
    let disk = SimulatedDisk(seed: 1)
    disk.countsReads = countsReads
    disk.isLogging = true
    var life = ScriptedLife(SimulatedStore(disk, seed: 1))
    life.goOn(looking: countsReads)
    return disk.log
  }

  static let writes = log(countsReads: false)
  static let all = log(countsReads: true)

  /// The disk after a life that went on, with `crashPoint` up to there.
  func lead(crashPoint: Int? = nil) -> (disk: SimulatedDisk, life: ScriptedLife) {
    let disk = SimulatedDisk(seed: 1)
    disk.countsReads = countsReads
    disk.inject(fault.fault(at: operation))
    disk.crashPoint = crashPoint
    var life = ScriptedLife(SimulatedStore(disk, seed: 1))
    life.goOn(looking: countsReads)
    disk.removeFaults()
    disk.countsReads = false
    return (disk, life)
  }

  /// Leads the life and checks what it left: as it is, after a loss of power at its end, and after one right behind the
  /// fault.
  func check() throws {
    let (disk, life) = lead()
    #expect(disk.operationCount > operation, "\(what): was not met")
    #expect(life.problems.isEmpty, "\(what): \(life.problems)")
    for error in life.errors { checkNames(error) }
    try Recovery.check(disk.clone(), life, what)
    try Recovery.check(disk.powerLoss(.drop, seed: 1), life, "\(what), power lost at the end, drop")
    try Recovery.check(
      disk.powerLoss(.random, seed: UInt64(operation)), life, "\(what), power lost at the end, random")
    if fault.isSync {
      // What was acknowledged since is there, though the power goes before anything else is written.
      for later in [6, 11, 17, 24, 40] {
        let (crashed, short) = lead(crashPoint: operation + later)
        try Recovery.check(crashed.powerLoss(.drop, seed: 2), short, "\(what), power lost \(later) behind it, drop")
      }
    }
    let (crashed, short) = lead(crashPoint: operation + 1)
    try Recovery.check(
      crashed.powerLoss(.random, seed: UInt64(operation) &* 31 &+ 7), short, "\(what), power lost right behind it")
  }

  /// An error of the disk says where it was.
  private func checkNames(_ error: any Error) {
    guard let error = error as? StoreError else {
      Issue.record("\(what): threw \(error)")
      return
    }
    if [.ioFailed, .diskFull, .damaged, .accessDenied, .notFound].contains(error.code) {
      #expect(error.location?.file != nil, "\(what): names no file: \(error)")
    }
    if error.code == .ioFailed || error.code == .diskFull {
      #expect(error.errno != nil, "\(what): has no number: \(error)")
    }
  }
}
