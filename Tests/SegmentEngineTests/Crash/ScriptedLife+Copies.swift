import SegmentFiles
import SegmentTestSupport

@testable import SegmentEngine

/// Snapshots, and stores made of them.
extension ScriptedLife {
  /// A snapshot of the store as it is.
  mutating func snapshot(_ writer: StoreWriter) throws {
    let layout = Layout(root: "/snapshot")
    var run = SnapshotRun(writer.core, to: layout, MaintenanceControl())
    _ = try run.run()
    copies.append(Copy(layout: layout, oracle: oracle, isSnapshot: true))
  }

  /// A store of its own, made of the snapshot.
  mutating func restore(_ writer: StoreWriter) throws {
    guard let snapshot = copies.last(where: \.isSnapshot) else { return }
    let target = Layout(root: "/restored")
    let core = try store.openReader(80, snapshot.layout)
    _ = try RestoreRun(core: core, target: target, control: MaintenanceControl()).run()
    copies.append(Copy(layout: target, oracle: snapshot.oracle, isSnapshot: false))
  }

  /// What is wrong with the copies that were made; nil where nothing is.
  func problemOfCopies(_ store: SimulatedStore) throws -> String? {
    for copy in copies {
      var expected = copy.oracle
      if copy.isSnapshot {
        for (key, session) in oracle.sessions where session.mayBeGone {
          expected.sessions[key]?.mayBeGone = true
          guard key == Self.erased else { continue }
          // What an erasure that did not come to its end left in a snapshot is for the one who asked to ask for again.
          if hasErasedInCopies {
            expected.sessions[key]?.isErased = true
          } else {
            expected.sessions[key] = nil
          }
        }
      }
      let core = try store.openReader(93, copy.layout)
      if let problem = try expected.problem(in: core) { return "\(copy.layout.root): \(problem)" }
    }
    return nil
  }
}
