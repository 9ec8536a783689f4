import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// One life of a store under random operations, held against a model step by step. What a failing test prints can be
/// pasted: `try ModelRun(seed: 17, [...]).check()`.
struct ModelRun {
  let seed: UInt64
  let operations: [ModelOperation]
  /// Plants a fault in the model, to see that it is found: it believes that tags do not survive a reopening.
  var isForgetful = false

  init(seed: UInt64, _ operations: [ModelOperation]) {
    self.seed = seed
    self.operations = operations
  }

  /// The same with other operations.
  func with(_ operations: [ModelOperation]) -> ModelRun {
    var run = ModelRun(seed: seed, operations)
    run.isForgetful = isForgetful
    return run
  }

  /// Fails the test where store and model differ.
  func check() {
    if let difference = difference() { Issue.record("seed \(seed), \(difference)") }
  }

  /// The first difference; nil where there is none.
  func difference() -> String? {
    var life = ModelLife(seed: seed, isForgetful: isForgetful)
    for (place, operation) in operations.enumerated() {
      do { try life.step(operation) } catch {
        return "operation \(place), \(operation): \(error)"
      }
    }
    do { try life.end() } catch { return "at the end: \(error)" }
    return nil
  }
}

/// Store and model do not agree.
struct ModelDifference: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A store on its simulated disk, and what must be in it.
struct ModelLife {
  let seed: UInt64
  let isForgetful: Bool
  let settings: ModelSettings
  let clock = ManualClock()
  var disk: SimulatedDisk
  var layout = Layout(root: "/store")
  /// Nil only while it is being opened.
  var opened: StoreWriter?
  var files: SimulatedFileSystem?
  private var processes: UInt32 = 0

  var sessions: [SessionKey: ModelSession] = [:]
  /// How many sessions a slot has had.
  var generations = [Int](repeating: 0, count: ModelPlan.slots)
  var erased: Set<SessionKey> = []
  var policy = 0
  /// The shortest time that any policy so far kept anything.
  var shortestDays = 30
  /// Some policy so far had a budget; that it has none now is noticed only when the store is measured again.
  var hasHadBudget = false
  var snapshots: [ModelSnapshot] = []
  var folders = 0
  var viewers: [SessionKey: ModelViewer] = [:]
  /// The number of the I/O operation that is to fail.
  private var faultAt: Int?
  private var crash: (fate: Fate, seed: UInt64)?

  init(seed: UInt64, isForgetful: Bool) {
    self.seed = seed
    self.isForgetful = isForgetful
    settings = ModelSettings(seed: seed)
    disk = SimulatedDisk(seed: seed &+ 1)
  }

  func writer() throws -> StoreWriter {
    guard let opened else { throw ModelDifference("no store is open") }
    return opened
  }

  func core() throws -> StoreCore { try writer().core }

  func key(_ slot: Int) -> SessionKey {
    SessionKey(project: ModelSettings.projects[slot % 2], id: "s\(slot)-\(generations[slot]) of /\u{e9}")
  }

  /// What a process of its own sees.
  mutating func environment() -> StoreEnvironment {
    processes += 1
    let own = disk.process()
    return StoreEnvironment(
      files: own, clock: clock, random: SeededRandomSource(seed: seed &+ UInt64(processes) &* 7919),
      process: ProcessFacts(host: "simulated", process: processes, started: 0))
  }

  mutating func open() throws {
    let environment = environment()
    files = environment.files as? SimulatedFileSystem
    opened = try StoreWriter.open(layout, settings.configuration, environment)
  }

  /// Whether or not it can be closed well, it is of no more use.
  mutating func closeWriter() throws {
    let closing = try writer()
    opened = nil
    try closing.close()
  }

  mutating func beside() throws -> StoreCore {
    try StoreCore.openForReading(layout, settings.configuration, environment(), commits: true)
  }

  /// Carries out an operation. Throws where store and model differ, and where something fails that has no reason to.
  mutating func step(_ operation: ModelOperation) throws {
    clock.advance(milliseconds: 100)
    do {
      if opened == nil { try open() }
      try perform(operation)
      try passQuietFault()
      for key in sessions.keys { sessions[key]?.mayBeGone = false }
    } catch let error as StoreError {
      try recover(from: error)
    }
    if disk.isCrashed { try recoverFromPowerLoss() }
  }

  /// A planned fault has come.
  var wasHitByFault: Bool { faultAt.map { disk.operationCount > $0 } ?? false }

  mutating func end() throws {
    disk.crashPoint = nil
    disk.removeFaults()
    if opened == nil { try open() }
    try compareAll()
    try verify(.damage)
    try writer().close()
  }

  // MARK: What goes wrong

  mutating func plan(fault kind: Int, after: Int) {
    guard faultAt == nil, crash == nil else { return }
    let at = disk.operationCount + after
    faultAt = at
    switch kind {
    case 0: disk.inject(Fault(.errno(5), at: .ordinal(at)))
    case 1: disk.inject(Fault(.errno(28), at: .ordinal(at)))
    default: disk.inject(Fault(.shortWrite, at: .ordinal(at)))
    }
  }

  mutating func planCrash(after: Int, fate: Int, seed: Int) {
    guard crash == nil, faultAt == nil else { return }
    crash = (Fate.allCases[fate % Fate.allCases.count], UInt64(seed))
    disk.crashPoint = disk.operationCount + after
  }

  /// A fault that nothing was told of: what it hit can wait, and nothing is lost. The process may be poisoned by it.
  private mutating func passQuietFault() throws {
    guard let at = faultAt, disk.operationCount > at, !disk.isCrashed else { return }
    faultAt = nil
    disk.removeFaults()
    try compareAll()
    try? opened?.close()
    opened = nil
    try open()
    try adoptAll(isDurable: true)
  }

  private mutating func recover(from error: StoreError) throws {
    if disk.isCrashed { return }
    guard let at = faultAt, disk.operationCount > at else { throw error }
    faultAt = nil
    disk.removeFaults()
    // An erasure that was cut short is ended by whoever opens the store next.
    let isHalfErased = opened.map { $0.hasErasures || !$0.core.catalog.state.destructions.isEmpty } ?? false
    if isHalfErased { try verify(.damage) }
    let isReopened = opened == nil || error.code != .diskFull || isHalfErased
    if isReopened {
      // Nothing is known of the disk since.
      try? opened?.close()
      opened = nil
      try open()
    } else {
      // Another process may have failed, with more in force than this one knows.
      _ = try writer().poll()
    }
    try adoptAll(isDurable: isReopened)
    try verify(.damage)
  }

  private mutating func recoverFromPowerLoss() throws {
    guard let crash else { throw ModelDifference("the power went without a plan") }
    opened = nil
    disk = disk.powerLoss(crash.fate, seed: crash.seed)
    self.crash = nil
    try open()
    try adoptAll(isDurable: true)
    try verify(.warning)
    try checkTraces()
  }

  /// Looks for findings of a severity, or worse.
  mutating func verify(_ least: VerifyReport.Finding.Severity) throws {
    let report = try beside().verified(deep: true)
    let bad = report.findings.filter { $0.severity == .damage || (least == .warning && $0.severity == .warning) }
    if !bad.isEmpty { throw ModelDifference("verify found \(bad)") }
  }
}
