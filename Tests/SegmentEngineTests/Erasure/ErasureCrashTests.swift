import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// The machine loses power at every single operation of an erasure.
@Suite struct ErasureCrashTests {
  enum Stage: CaseIterable, Sendable { case live, recent, archived, spread }

  private static let key = ScriptedLife.erased
  private static let other = SessionKey(project: "shop", id: "other")

  /// A store in which the session lies somewhere, and the number of the operation at which its erasure begins.
  private static func prepared(_ stage: Stage, _ disk: SimulatedDisk) throws -> (
    store: SimulatedStore, writer: StoreWriter
  ) {
    let store = SimulatedStore(disk, seed: 5)
    let writer = try store.openWriter()
    var number = 0
    func append(_ key: SessionKey) throws {
      number += 1
      try writer.core.prepare(key)
      let bytes =
        key == Self.key ? ScriptedLife.tracedEvents(40, number: number) : ScriptedLife.events(30, number: number)
      _ = try writer.commit([try ScriptedLife(store).prepared(key, bytes, "b\(number)")]).first?.get()
    }
    func tag() throws {
      _ = try writer.commit([.tags(Self.key, [TagChange(key: "k", value: ScriptedLife.trace)])]).first?.get()
    }
    func flush() throws {
      try writer.rotate()
      try writer.flush()
    }
    func archive() throws {
      try flush()
      store.clock.advance(milliseconds: PromotionRule.idle)
      _ = try Maintenance(writer.core).run([.promotion], MaintenanceControl())
    }
    try append(other)
    try append(key)
    try tag()
    if stage == .archived || stage == .spread { try archive() }
    if stage == .recent { try flush() }
    if stage == .spread {
      try append(key)
      try flush()
      try append(key)
      try tag()
    }
    try append(other)
    return (store, writer)
  }

  @Test("Whatever was begun is ended by the next opening: wholly erased, or not at all", arguments: Stage.allCases)
  func everyOperation(_ stage: Stage) throws {
    let begin = SimulatedDisk(seed: 5)
    let (_, _) = try Self.prepared(stage, begin)
    let first = begin.operationCount
    var operation = first
    var erased = 0
    var untouched = 0
    while true {
      let disk = SimulatedDisk(seed: 5)
      disk.crashPoint = operation
      let (store, writer) = try Self.prepared(stage, disk)
      var eraser = Eraser(writer.core, writer: writer, MaintenanceControl())
      let isDone = (try? eraser.run(.session(Self.key))) != nil
      if isDone, !disk.isCrashed { break }
      for fate in Fate.allCases {
        let after = disk.powerLoss(fate, seed: UInt64(operation))
        let what = "\(stage), operation \(operation - first), \(fate)"
        let again = SimulatedStore(after, seed: 9, clock: store.clock)
        let recovered = try again.openWriter(2)
        let isErased = recovered.core.catalog.state.isErased(Self.key)
        #expect(isErased || !isDone, "\(what): lost")
        let found = try recovered.core.exported(Self.key)
        if isErased {
          erased += 1
          #expect(found.bytes.isEmpty, "\(what)")
          for (name, bytes) in try again.files() {
            #expect(!Traces.contains(bytes, ScriptedLife.trace), "\(what): \(name)")
            #expect(!Traces.contains(bytes, Self.key.id), "\(what): \(name)")
            #expect(
              Traces.decoded(bytes, []).allSatisfy { !Traces.contains($0, ScriptedLife.trace) }, "\(what): \(name)")
          }
        } else {
          untouched += 1
          #expect(found.gaps == [] && found.bytes.count > 1_000, "\(what)")
        }
        #expect(try recovered.core.exported(Self.other).gaps == [], "\(what)")
        #expect(try !recovered.core.exported(Self.other).bytes.isEmpty, "\(what)")
        let findings = try recovered.core.verified(deep: true).findings
        #expect(findings == [], "\(what)")
        try recovered.close()
      }
      operation += 1
    }
    #expect(operation - first > 20 && erased > 20 && untouched > 20)
  }
}
