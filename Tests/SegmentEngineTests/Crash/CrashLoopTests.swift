import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// The machine loses power at every single I/O operation of a scripted life, and everything unsynced meets each fate.
@Suite struct CrashLoopTests {
  /// How many operations the whole life takes.
  static let operations: Int = {
    let disk = SimulatedDisk(seed: 1)
    var life = ScriptedLife(SimulatedStore(disk, seed: 1))
    life.run()
    return disk.operationCount
  }()

  @Test func theScriptedLifeItselfEndsWellAndVerifies() throws {
    let disk = SimulatedDisk(seed: 1)
    let store = SimulatedStore(disk, seed: 1)
    var life = ScriptedLife(store)
    life.run()
    #expect(life.unanswered.isEmpty && life.problems.isEmpty)
    // Each kind of step did what it is there for.
    for key in [ScriptedLife.erased, ScriptedLife.passing, ScriptedLife.crowded] {
      #expect(life.oracle.sessions[key]?.isErased == true, "\(key)")
    }
    #expect(life.copies.count == 2 && life.hasErasedInCopies)
    #expect(try life.problemOfCopies(store) == nil)
    let core = try store.openReader()
    #expect(core.catalog.state.generation > 1 && !core.catalog.state.gone.isEmpty)
    #expect(core.catalog.state.pins.isEmpty && core.catalog.state.packs.contains { $0.tier == .archive })
    #expect(try core.summary(of: ScriptedLife.first)?.windows.count ?? 0 > 1)
    #expect(try life.oracle.problem(in: core) == nil)
    #expect(life.oracle.sessions[ScriptedLife.first]?.certain.isEmpty == false)
    let report = try core.verified(deep: true)
    #expect(report.findings.isEmpty, "\(report.findings)")
    #expect(Self.operations > 80)
  }

  /// One life ends in each way: the disk it was led on stays as it was. `.keep` is also what a killed process leaves, as the
  /// page cache survives it.
  @Test(arguments: 0..<4)
  func whateverOperationThePowerFailsAt_WhatWasAcknowledgedIsThereAndTheRestWhollyOrNot(_ part: Int) throws {
    for crashPoint in stride(from: part, to: Self.operations, by: 4) {
      // What the system writes of itself counts where each thing has its own lot.
      for (fates, writesBack) in [(Fate.allCases.filter { $0 != .random }, false), ([.random], true)] {
        let disk = SimulatedDisk(seed: 1)
        disk.crashPoint = crashPoint
        if writesBack { disk.writeBack(seed: UInt64(crashPoint)) }
        var life = ScriptedLife(SimulatedStore(disk, seed: 1))
        life.run()
        try #require(disk.isCrashed)
        for fate in fates {
          let after = disk.powerLoss(fate, seed: UInt64(crashPoint) &* 31 &+ 7)
          try Recovery.check(after, life, "crash at operation \(crashPoint), \(fate)")
        }
      }
    }
  }

  @Test(arguments: 0..<4)
  func aSecondLossOfPowerDuringRecoveryChangesNothing(_ part: Int) throws {
    for crashPoint in stride(from: part * 5, to: Self.operations, by: 20) {
      let disk = SimulatedDisk(seed: 1)
      disk.crashPoint = crashPoint
      var life = ScriptedLife(SimulatedStore(disk, seed: 1))
      life.run()
      let after = disk.powerLoss(.random, seed: UInt64(crashPoint))
      for step in 0..<40 {
        let again = after.clone()
        again.crashPoint = again.operationCount + step
        let recovering = SimulatedStore(again, seed: 5)
        try? recovering.openWriter().close()
        if !again.isCrashed { break }
        try Recovery.check(
          again.powerLoss(.random, seed: UInt64(step)), life, "crash at \(crashPoint), again at \(step) of recovery")
      }
    }
  }
}

/// What must hold after a recovery.
enum Recovery {
  static func check(_ disk: SimulatedDisk, _ life: ScriptedLife, _ what: String) throws {
    let store = SimulatedStore(disk, seed: 99, clock: life.store.clock)
    let comment = Comment(rawValue: what)
    do {
      let writer = try store.openWriter(3)
      if let problem = try life.oracle.problem(in: writer.core) { Issue.record("\(what): \(problem)") }
      if let problem = try life.problemOfCopies(store) { Issue.record("\(what): \(problem)") }
      try writer.close()
      let report = try store.openReader(91).verified(deep: true)
      #expect(report.isClean, "\(what): \(report.findings)")
      try checkTraces(store, life, what)

      // Recovering what was recovered changes not a byte.
      let before = disk.fingerprint()
      try store.openWriter(3).close()
      #expect(disk.fingerprint() == before, comment)

      try resendAndFlush(store, life, what)
      try eraseAgain(store, life, what)
    } catch {
      Issue.record("\(what): \(error)")
    }
  }

  /// Once its erasure is in force nothing of a session is in any file, as it stands or decompressed.
  private static func checkTraces(_ store: SimulatedStore, _ life: ScriptedLife, _ what: String) throws {
    let core = try store.openReader(92)
    guard core.catalog.state.isErased(ScriptedLife.erased) else {
      #expect(life.oracle.sessions[ScriptedLife.erased]?.isErased ?? false == false, "\(what): the erasure is lost")
      return
    }
    let dictionaries = core.catalog.state.dictionaries.compactMap { try? core.dictionaries.dictionary($0) }
    for (name, bytes) in try store.files() {
      let decoded = Traces.decoded(bytes, dictionaries)
      for text in [ScriptedLife.trace, ScriptedLife.erased.id] {
        #expect(!Traces.contains(bytes, text), "\(what): \(name) holds \(text)")
        #expect(!decoded.contains { Traces.contains($0, text) }, "\(what): \(name) decodes to \(text)")
      }
    }
  }

  /// Who got no answer to an erasure asks for it again: then nothing is left, in the snapshot neither.
  private static func eraseAgain(_ store: SimulatedStore, _ life: ScriptedLife, _ what: String) throws {
    guard life.mayBeGone(ScriptedLife.erased), !life.hasErasedInCopies else { return }
    var life = life
    let writer = try store.openWriter(5)
    try life.erase(writer)
    try writer.close()
    if let problem = try life.problemOfCopies(store) { Issue.record("\(what), erased again: \(problem)") }
    try checkTraces(store, life, "\(what), erased again")
  }

  /// A client that got no answer sends its batch again: then it is there once, also in a pack.
  private static func resendAndFlush(_ store: SimulatedStore, _ life: ScriptedLife, _ what: String) throws {
    let writer = try store.openWriter(4)
    var oracle = life.oracle
    for batch in life.unanswered where !life.mayBeGone(batch.key) {
      let found = try writer.core.exported(batch.key).bytes
      try writer.core.prepare(batch.key)
      let receipt = try writer.commit([try life.prepared(batch.key, batch.bytes, batch.batchID)]).first?.get()
      let after = try writer.core.exported(batch.key).bytes
      #expect(after == (receipt?.isDuplicate == true ? found : found + batch.bytes), Comment(rawValue: what))
    }
    for batch in life.unanswered { oracle.know(batch.key, try writer.core.exported(batch.key).bytes) }
    try writer.rotate()
    try writer.flush()
    if let problem = try oracle.problem(in: writer.core) { Issue.record("\(what), flushed: \(problem)") }
    try writer.close()
  }
}
