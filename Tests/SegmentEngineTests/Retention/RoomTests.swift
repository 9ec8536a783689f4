import SegmentFiles
import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// What maintenance leaves behind it is no more than a store needs.
@Suite("After maintenance the catalog is short, and the reserve as large as it should be")
struct RoomTests {
  private func size(_ path: String, _ core: StoreCore) throws -> UInt64 {
    try core.environment.files.facts(at: path)?.size ?? 0
  }

  @Test("Commits that make up most of a catalog are written together, and mean the same to who reads on")
  func catalog() throws {
    let store = SimulatedStore(SimulatedDisk(seed: 41), seed: 41)
    let writer = try store.openWriter()
    let reader = try store.openReader()
    let layout = SimulatedStore.layout
    for number in 0..<12 {
      try writer.core.catalog.commit { _ in [.hold(SessionKey(id: "s\(number)"), UInt32(number) + 1)] }
    }
    try reader.refreshAll()
    let long = try size(layout.catalog, writer.core)
    writer.core.settleRoom()
    let short = try size(layout.catalog, writer.core)
    #expect(short < long / 4)
    try reader.refreshAll()
    try writer.core.refreshCatalog()
    for core in [reader, writer.core] {
      #expect(core.catalog.state.holds.count == 12)
      #expect(core.catalog.state.commit == writer.core.catalog.state.commit)
    }
    // Nothing is done where there is nothing to gain.
    let operations = store.disk.operationCount
    try writer.core.catalog.shrink()
    #expect(store.disk.operationCount == operations)
    try writer.core.catalog.commit { _ in [.hold(SessionKey(id: "later"), 9)] }
    try reader.refreshAll()
    #expect(reader.catalog.state.holds.count == 13)
    #expect(try writer.core.verified(deep: true).findings.filter { $0.severity == .damage } == [])
    try writer.close()
  }

  @Test("A reserve of another size is brought to what is wanted; less than twice that may stay")
  func reserve() throws {
    let store = SimulatedStore(SimulatedDisk(seed: 42), seed: 42)
    let writer = try store.openWriter()
    let (files, path) = (writer.core.environment.files, SimulatedStore.layout.reserve)
    writer.core.settleRoom()
    let wanted = Reserve.wantedBytes(catalogBytes: try size(SimulatedStore.layout.catalog, writer.core), segments: 0)
    #expect(try size(path, writer.core) == wanted)
    for bytes in [2 * wanted + 1, 8 << 20] {
      try Zeros.overwrite(try files.open(path, .write), 0..<bytes)
      writer.core.settleRoom()
      #expect(try size(path, writer.core) == wanted)
    }
    try Zeros.overwrite(try files.open(path, .write), 0..<2 * wanted)
    writer.core.settleRoom()
    #expect(try size(path, writer.core) == 2 * wanted)
    #expect(Reserve.wantedBytes(catalogBytes: 0, segments: .max) == Reserve.leastBytes + 1 << 20)
    try writer.close()
  }
}
