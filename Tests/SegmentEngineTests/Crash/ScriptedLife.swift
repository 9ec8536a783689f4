import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// A life of a store, step by step, that tells an oracle what must be there. It ends quietly at the first error, as a
/// process does when its machine loses power (`run`), or goes on as a program does in which a call failed (`goOn`).
struct ScriptedLife {
  typealias Batch = (key: SessionKey, bytes: [UInt8], batchID: String)

  let store: SimulatedStore
  var oracle = StoreOracle()
  /// The batches that were under way when the life ended, to be sent again.
  var underWay: [Batch] = []
  /// Those that failed before, to be sent again too.
  private var failed: [Batch] = []
  /// The last batches that were acknowledged.
  var sent: [Batch] = []
  /// All lines that were ever sent, by session.
  var lines: [SessionKey: Set<ArraySlice<UInt8>>] = [:]
  var batches = 0
  var compactions: UInt32 = 0
  /// Snapshots that were made and stores that were restored, with what must be in them.
  var copies: [Copy] = []
  /// Whether an erasure reached the snapshot too, by its receipt.
  var hasErasedInCopies = false
  /// What calls threw in a life that goes on, and what was read wrongly in it.
  private(set) var errors: [any Error] = []
  private(set) var problems: [String] = []
  private var writer: StoreWriter?

  struct Copy {
    var layout: Layout
    var oracle: StoreOracle
    /// Whether what is erased in the store is erased in it too.
    var isSnapshot: Bool
  }

  static let first = SessionKey(project: "shop", id: "a")
  static let second = SessionKey(project: "blog", id: "b/../c")
  /// One that is erased, one that a policy leaves out, one that expires, one that a budget has no room for.
  static let erased = SessionKey(project: "shop", id: "to-be-erased-7731")
  static let dropped = SessionKey(project: "dropped", id: "d")
  static let passing = SessionKey(project: "passing", id: "p")
  static let crowded = SessionKey(project: "crowded", id: "c")
  /// What the erased session's events hold and nothing else does.
  static let trace = "trace-of-the-erased-7731"

  init(_ store: SimulatedStore) { self.store = store }

  /// Whether a policy or an erasure may have taken a session away: nobody sends anything of it any longer.
  func mayBeGone(_ key: SessionKey) -> Bool { oracle.sessions[key]?.mayBeGone ?? false }

  /// All batches that got no answer, or an error.
  var unanswered: [Batch] { failed + underWay }

  enum Step: Sendable {
    case work(@Sendable (inout ScriptedLife, StoreWriter) throws -> Void)
    case close
  }

  /// Ingest into several windows, duplicates, tags, finish, rotation, flush, another process's edits, buffered batches,
  /// reopening, a dictionary, merging, promotion by either process, the dictionary's end, a snapshot and a store made of
  /// it, a policy, a pin taken and given back, an erasure with a new generation of the catalog, expiry, a budget.
  static let steps: [Step] = [
    .work { try $0.append($1, [(first, 3)]) },
    .work { try $0.append($1, [(first, 2), (second, 40)]) },
    .work { try $0.tag($1, first, ["plan": "pro"]) },
    .work { try $0.resend($1) },
    .work { try $1.rotate() },
    .work { try $0.append($1, [(second, 5)]) },
    .work { try $0.flush($1) },
    .work { try $0.append($1, [(first, 60)]) },
    .work { try $0.editFromOutside($1, first, ["ticket": "17"]) },
    .work { try $0.bufferAndSync($1) },
    .work { try $0.finish($1, second) },
    .work { try $0.flush($1) },
    .close,
    .work { try $0.resend($1) },
    .work { try $0.append($1, [(first, 4), (second, 1)]) },
    .work { try $0.flush($1) },
    .work { try $0.adoptDictionary($1, first.project) },
    .work { try $0.append($1, [(first, 2), (second, 2)]) },
    .work { try $0.flush($1) },
    .work { try $0.merge($1) },
    .work { try $0.append($1, [(first, 2)]) },
    .work { try $0.flush($1) },
    .work { try $0.compactBeside($1) },
    .work { try $0.append($1, [(first, 3)]) },
    .work { try $0.flush($1) },
    .work { try $0.promote($1) },
    .work { try $0.retireDictionaries($1) },
    .work { try $0.append($1, [(first, 2), (erased, 3), (dropped, 2), (passing, 3), (crowded, 4)]) },
    .work { try $0.finish($1, dropped) },
    .work { try $0.flush($1) },
    .work { try $0.append($1, [(erased, 2)]) },
    .work { try $0.snapshot($1) },
    .work { try $0.restore($1) },
    .work { try $0.setPolicy($1) },
    .work { try $0.pin($1, first) },
    .work { try $0.erase($1) },
    .work { try $0.promote($1) },
    .work { try $0.unpin($1, first) },
    .work { try $0.expire($1, after: 3) },
    .work { try $0.append($1, [(first, 2)]) },
    .close,
  ]

  /// Up to the first error.
  mutating func run() {
    var process: UInt32 = 0
    for step in Self.steps {
      do { try take(step, &process) } catch {
        // The power is gone.
        break
      }
    }
    writer = nil
  }

  /// All steps, whatever fails: the store is opened again where it has to be. With `looking` it is read in between.
  mutating func goOn(looking: Bool = false, atLinesOnly: Bool = false) {
    var process: UInt32 = 0
    for (number, step) in Self.steps.enumerated() {
      if store.disk.isCrashed { break }
      do {
        try open(&process)
        try sendAgain()
        try take(step, &process)
      } catch {
        errors.append(error)
        oracle.doubtAll()
        failed += underWay
        underWay = []
        if writer?.state.withLock({ $0.poison != nil }) ?? false {
          try? writer?.close()
          writer = nil
        }
      }
      if looking, number % 3 == 2 { look(atLinesOnly: atLinesOnly) }
    }
    try? writer?.close()
    writer = nil
  }

  private mutating func open(_ process: inout UInt32) throws {
    if writer != nil { return }
    process += 1
    writer = try store.openWriter(process)
  }

  private mutating func take(_ step: Step, _ process: inout UInt32) throws {
    try open(&process)
    guard let writer else { return }
    switch step {
    case .work(let body): try body(&self, writer)
    case .close:
      self.writer = nil
      try writer.close()
    }
  }

  /// A client sends what failed again: then it is there once, and acknowledged.
  private mutating func sendAgain() throws {
    guard let writer, !failed.isEmpty else { return }
    var known: [SessionKey: [UInt8]] = [:]
    for batch in failed where !mayBeGone(batch.key) {
      let found = try whole(batch.key, writer)
      if known[batch.key] == nil, oracle.sessions[batch.key]?.allows(found) == false {
        problems.append("\(batch.key): \(found.count) bytes before a batch is sent again")
      }
      try writer.core.prepare(batch.key)
      let receipt = try writer.commit([try prepared(batch.key, batch.bytes, batch.batchID)]).first?.get()
      let after = try whole(batch.key, writer)
      if after != (receipt?.isDuplicate == true ? found : found + batch.bytes) {
        problems.append("\(batch.key): \(batch.batchID) was sent again and is not there once")
      }
      known[batch.key] = after
    }
    failed = []
    for (key, bytes) in known { oracle.know(key, bytes) }
  }

  /// A session without a gap; read a second time where the first was wrong.
  private func whole(_ key: SessionKey, _ writer: StoreWriter) throws -> [UInt8] {
    for _ in 0..<2 {
      let found = try writer.core.exported(key)
      if found.gaps.isEmpty { return found.bytes }
    }
    throw StoreError.damaged("a session declares a gap", file: "journals", offset: 0, session: key)
  }

  /// Reads all sessions: what is given out is right, or an error, or declared missing.
  private mutating func look(atLinesOnly: Bool) {
    guard let writer else { return }
    do {
      // A step that failed may not have come to see what another process did.
      try writer.core.refreshCatalog()
      let problem = try oracle.problem(in: writer.core, declared: true)
      if let problem = try atLinesOnly ? stranger(in: writer.core) : problem { problems.append(problem) }
    } catch {
      errors.append(error)
    }
  }

  mutating func note(_ problem: String) { problems.append(problem) }
}
