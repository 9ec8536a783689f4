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
    life.goOn(looking: countsReads, atLinesOnly: fault.isLyingForGood)
    disk.removeFaults()
    disk.countsReads = false
    return (disk, life)
  }

  /// Leads the life and checks what it left: as it is, after a loss of power at its end, and after one right behind the
  /// fault.
  func check() throws {
    if fault.isLyingForGood { return try checkLines() }
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

  /// Of a disk that reads wrongly each time, from some operation to the end, less is asked: it must not trap, errors must
  /// name their file, nothing may be given out that was not sent, and the store opens when the disk is well again. Packs
  /// of which no read succeeds are taken for empty, and journals that read alike wrongly twice are laid aside, so that
  /// events may be missing or there twice.
  private func checkLines() throws {
    let (disk, life) = lead()
    #expect(disk.operationCount > operation, "\(what): was not met")
    let strangers = life.problems.filter { $0.contains("gives out") }
    #expect(strangers.isEmpty, "\(what): \(strangers)")
    for error in life.errors { checkNames(error) }
    for fate in [Fate.keep, .drop] {
      let store = SimulatedStore(disk.powerLoss(fate, seed: 1), seed: 99, clock: life.store.clock)
      do {
        let writer = try store.openWriter(3)
        if let stranger = try life.stranger(in: writer.core) { Issue.record("\(what), \(fate): \(stranger)") }
        _ = try writer.core.verified(deep: true)
        try writer.close()
      } catch {
        Issue.record("\(what), \(fate): \(error)")
      }
    }
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
