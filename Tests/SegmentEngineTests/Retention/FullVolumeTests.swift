import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// What must work when the disk is full is just what makes room.
@Suite("On a full disk expiry and erasure work, and ingest resumes by itself")
struct FullVolumeTests {
  /// An archive, something recent, something live; and a disk without a free byte.
  private func full(seed: UInt64) throws -> (store: SimulatedStore, writer: StoreWriter, maintenance: Maintenance) {
    let store = SimulatedStore(SimulatedDisk(seed: seed), seed: seed)
    var configuration = SimulatedStore.configuration
    configuration.recentHours = 1
    let writer = try StoreWriter.open(SimulatedStore.layout, configuration, store.environment())
    store.disk.capacity = 64 << 20
    _ = try PolicyInstallation(core: writer.core).install(
      Policy(otherwise: .init(name: "default", keep: 1, retention: .days(3)), freeBytes: 0))
    writer.core.settleRoom()
    for number in 0..<30 {
      try append(store, writer, number)
      if number == 9 || number == 19 {
        try writer.rotate()
        try writer.flush()
      }
      if number == 9 {
        store.clock.advance(milliseconds: 7_200_000)
        _ = try Maintenance(writer.core).run([.promotion], MaintenanceControl())
      }
    }
    store.disk.capacity = store.disk.usedBytes
    return (store, writer, Maintenance(writer.core))
  }

  private func append(_ store: SimulatedStore, _ writer: StoreWriter, _ number: Int) throws {
    let key = SessionKey(id: "s\(number)")
    try writer.core.prepare(key)
    let life = ScriptedLife(store)
    let bytes = ScriptedLife.events(60, number: number) + Sample.batch(Sample.custom(1, tag: "full-\(number)-"))
    _ = try #require(writer.commit([try life.prepared(key, bytes, "b\(number)")]).first).get()
  }

  @Test("Expiry frees its space, however many times the disk fills up again")
  func expiry() throws {
    let (store, writer, maintenance) = try full(seed: 31)
    #expect(try writer.core.environment.files.facts(at: SimulatedStore.layout.reserve)?.size ?? 0 >= Reserve.leastBytes)
    var number = 30
    for round in 0..<3 {
      var refusal: StoreError?
      // What was written ahead is used up first.
      while refusal == nil, number < 2_000 {
        do { try append(store, writer, number) } catch let error as StoreError { refusal = error }
        number += 1
      }
      #expect(refusal?.code == .diskFull, "round \(round)")
      store.clock.advance(milliseconds: 5 * Day.milliseconds)
      let report = try maintenance.run([.expiry, .erasure], isForced: true, MaintenanceControl())
      if round == 0 { #expect(report.departures.map(\.sessions) == [10]) }
      #expect(try writer.core.summary(of: SessionKey(id: "s0")) == nil)
      store.disk.capacity = store.disk.usedBytes + 32 << 20
      try append(store, writer, number)
      number += 1
      try writer.rotate()
      try writer.flush()
      store.clock.advance(milliseconds: 7_200_000)
      _ = try maintenance.run([.promotion], MaintenanceControl())
      writer.core.settleRoom()
      store.disk.capacity = store.disk.usedBytes
    }
    #expect(try writer.core.verified(deep: true).findings.filter { $0.severity == .damage } == [])
    try? writer.close()
  }

  @Test("Erasure of what is archived, recent and live needs no room", arguments: [3, 13, 23])
  func erasure(_ number: Int) throws {
    let (store, writer, _) = try full(seed: 32)
    var eraser = Eraser(writer.core, writer: writer, MaintenanceControl())
    let receipt = try eraser.run(.session(SessionKey(id: "s\(number)")))
    #expect(receipt.isComplete && receipt.segments + receipt.records == 1)
    for (name, bytes) in try store.files() {
      #expect(!Traces.contains(bytes, "full-\(number)-"), "\(name)")
      #expect(Traces.decoded(bytes, []).allSatisfy { !Traces.contains($0, "full-\(number)-") }, "\(name)")
    }
    for other in 0..<30 where other != number {
      #expect(try writer.core.summary(of: SessionKey(id: "s\(other)")) != nil)
    }
    #expect(try writer.core.verified(deep: true).findings.filter { $0.severity == .damage } == [])
  }
}
