import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// A snapshot, and what must be in it.
struct ModelSnapshot {
  var layout: Layout
  var sessions: [SessionKey: ModelSession]

  /// What is left of it after an erasure in its store, which found some sessions there.
  func without(_ target: ErasureTarget, _ found: [SessionKey]) -> ModelSnapshot {
    var left = self
    left.sessions = sessions.filter { key, session in
      if found.contains(key) { return false }
      return switch target {
      case .session(let erased): key != erased
      case .visitor(let visitor, _): session.visitor != visitor
      case .tag(let tag, let value, _): session.tags[tag] != value
      case .project(let project): key.project != project
      }
    }
    return left
  }
}

extension ModelLife {
  mutating func makeSnapshot() throws {
    folders += 1
    let target = Layout(root: "/snapshot-\(folders)")
    var run = SnapshotRun(try core(), to: target, MaintenanceControl())
    _ = try run.run()
    var snapshot = ModelSnapshot(layout: target, sessions: sessions)
    try check(&snapshot)
    snapshots = Array((snapshots + [snapshot]).suffix(2))
  }

  /// All that was durable when it was made is in it, and of what followed a beginning.
  private mutating func check(_ snapshot: inout ModelSnapshot) throws {
    let core = try StoreCore.openForReading(snapshot.layout, settings.configuration, environment())
    for key in snapshot.sessions.keys.sorted() {
      guard var session = snapshot.sessions[key] else { continue }
      guard session.adopt(bytes: try core.exported(key).bytes, visitor: try core.summary(of: key)?.visitor)
      else {
        throw ModelDifference("\(snapshot.layout.root), \(key): \(try core.exported(key).bytes.count) bytes found")
      }
      session.makeDurable()
      if session.bytes.isEmpty, try core.summary(of: key) == nil { session.batches = [] }
      try Self.compare(session, core, at: clock.now())
      snapshot.sessions[key] = session
    }
    let hollow = Set(snapshot.sessions.values.filter(\.isHollow).map(\.key))
    let listed = try core.list(SessionQuery(limit: 1_000)).sessions.map(\.key).filter { !hollow.contains($0) }
    let expected = snapshot.sessions.values.filter { $0.exists && !$0.isHollow }.map(\.key)
    guard Set(listed) == Set(expected) else {
      throw ModelDifference("\(snapshot.layout.root) lists \(listed.sorted()), expected \(expected.sorted())")
    }
  }

  mutating func restore(moves: Bool) throws {
    guard var snapshot = snapshots.last else { return }
    try check(&snapshot)
    folders += 1
    let target = Layout(root: "/restored-\(folders)")
    let source = try StoreCore.openForReading(snapshot.layout, settings.configuration, environment())
    _ = try RestoreRun(core: source, target: target, control: MaintenanceControl()).run()
    let restored = try StoreWriter.open(target, settings.configuration, environment())
    for key in snapshot.sessions.keys.sorted() {
      if let session = snapshot.sessions[key] { try Self.compare(session, restored.core, at: clock.now()) }
    }
    try restored.close()
    guard moves else { return }
    try closeWriter()
    layout = target
    // Sessions that began since begin again elsewhere: clients know nothing of a restored store.
    for key in sessions.keys where snapshot.sessions[key] == nil { leave(key) }
    sessions = snapshot.sessions
    for key in sessions.keys where !generations.indices.contains(where: { self.key($0) == key }) {
      // Its slot has gone on: it stays as it is.
      sessions[key]?.forget()
    }
    snapshots = []
    viewers = [:]
    erased = []
    try open()
    policy = try adoptedPolicy(try core())
    try adoptAll(isDurable: true)
  }
}
