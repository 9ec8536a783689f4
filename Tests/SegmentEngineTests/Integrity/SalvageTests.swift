internal import Foundation
import SegmentEngine
import Testing

@Suite("Salvage makes a new store of all that can still be read")
struct SalvageTests {
  @Test("A store that is well comes out the same, with its catalog and without", arguments: [true, false])
  func intact(_ hasCatalog: Bool) async throws {
    let sample = try await SalvageSample()
    if !hasCatalog { try sample.folder.remove("catalog") }
    let (report, found) = try await sample.salvage("intact")
    #expect(sample.isWhole(found))
    #expect(report.isComplete == hasCatalog && report.catalog == (hasCatalog ? .whole : .gone))
    #expect(report.losses.map(\.file) == (hasCatalog ? [] : ["catalog"]))
    #expect(report.packsKept == 2 && report.packsRewritten == 0 && report.packsWritten == 1 && report.journals == 1)
    #expect(report.bytesLinked > 0 && report.sessions == sample.lines.count)

    // Tags, ends, visitors, windows, counts, batch IDs.
    let store = try await ReplayStore.open(sample.target, configuration: .compacting())
    sample.image.settled.expectSame(try await StoreImage(store), "salvaged")
    let again = try await store.append(
      Sample.batch((0..<1).map { _ in Sample.meta(Sample.base) }), to: SessionKey(id: "new"), origin: .imported)
    #expect(!again.isDuplicate)
    for number in [0, 4, 6] {
      let events = sample.lines[SessionKey(id: "long")]?[(number / 2 * 9)..<(number / 2 * 9 + 9)] ?? []
      let receipt = try await store.add(
        Array(events), to: SessionKey(id: "long"), window: "w\(number)", batchID: "long\(number)")
      #expect(receipt.isDuplicate)
    }
    try await store.add([Sample.click(Sample.base + 9_000)], to: SessionKey(id: "long"))
    try await store.flush()
    try await store.maintain()
    #expect(try await store.verify(deep: true).findings == [])
    #expect(try await store.sessions().sessions.count == sample.lines.count + 1)
    try await store.close()
  }

  @Test("A store that was salvaged is salvaged to the same", arguments: [true, false])
  func twice(_ hasCatalog: Bool) async throws {
    let sample = try await SalvageSample()
    try sample.folder.remove("catalog")
    _ = try await sample.salvage("once")
    let second = sample.folder.parent + "/second"
    if !hasCatalog { try FileManager.default.removeItem(atPath: sample.target + "/catalog") }
    let report = try await ReplayStore.salvage(sample.target, into: second)
    #expect(report.isComplete == hasCatalog && report.packsRewritten == 0 && report.packsWritten == 0)
    let store = try await ReplayStore.open(second)
    sample.image.settled.expectSame(try await StoreImage(store), "twice")
    #expect(try await store.verify(deep: true).findings == [])
    try await store.close()
  }

  @Test("A dry run tells the same and writes nothing")
  func dryRun() async throws {
    let sample = try await SalvageSample()
    let name = try #require(try sample.folder.files(in: "packs").first)
    var bytes = try sample.folder.read(name)
    bytes[bytes.count / 3] ^= 1
    try sample.folder.write(bytes, to: name)
    let planned = try await ReplayStore.salvage(sample.folder.path, into: sample.target, isDryRun: true)
    #expect(!FileManager.default.fileExists(atPath: sample.target))
    let (done, _) = try await sample.salvage("after the dry run")
    #expect(done.losses.contains { $0.session != nil && $0.sequences != nil && $0.offset != nil && $0.length != nil })
    #expect(planned.losses == done.losses && planned.events == done.events && planned.sessions == done.sessions)
    #expect(planned.packsKept == done.packsKept && planned.packsRewritten == done.packsRewritten)
  }

  @Test("What is no store, is in use, or is in the way is refused")
  func refused() async throws {
    let sample = try await SalvageSample()
    let path = sample.folder.path
    #expect(
      await failure { try await ReplayStore.salvage(path + "/none", into: sample.target) }?.code == .notFound)
    #expect(
      await failure { try await ReplayStore.salvage(path + "/packs", into: sample.target) }?.code == .notFound)
    #expect(
      await failure { try await ReplayStore.salvage(path + "/catalog", into: sample.target) }?.code == .notAStore)
    #expect(await failure { try await ReplayStore.salvage(path, into: path) }?.code == .invalidArgument)
    let store = try await sample.folder.open()
    #expect(await failure { try await ReplayStore.salvage(path, into: sample.target) }?.code == .locked)
    try await store.close()
    #expect(!FileManager.default.fileExists(atPath: sample.target))
  }

  @Test("Without the catalog, what a crash left behind after a flush, a merge or a promotion brings no event twice")
  func leftovers() async throws {
    let folder = try StoreFolder()
    let clock = ShiftedClock()
    let store = try await folder.open(.readWrite, .compacting(recentHours: 1), clock: clock)
    var left: [String: [UInt8]] = [:]
    func keep() throws {
      for name in try folder.files() where name.hasPrefix("packs/") || name.hasPrefix("journals/") {
        let bytes = try folder.read(name)
        // Journals grow: their last state counts.
        if bytes.count >= left[name]?.count ?? 0 { left[name] = bytes }
      }
    }
    for round in 0..<4 {
      for number in 0..<4 {
        try await store.add(
          (0..<5).map { Sample.mutation(Sample.base + Double(round * 1_000 + $0), text: "\(round)-\(number)-\($0)") },
          to: SessionKey(id: "s\(number)"), window: "w\(round % 2)", batchID: "b\(round)")
        try await store.setTags(["round": "\(round)", "r\(round)": "x"], on: SessionKey(id: "s\(number)"))
      }
      try keep()
      try await store.flush()
      try keep()
      if round == 1 {
        clock.advance(hours: 30)
        try await store.maintain()
        try keep()
      }
    }
    try await store.maintain()
    try keep()
    let image = try await StoreImage(store)
    try await store.close()
    for (name, bytes) in left { try folder.write(bytes, to: name) }
    try folder.remove("catalog")
    let report = try await ReplayStore.salvage(folder.path, into: folder.parent + "/target")
    #expect(report.packsSuperseded > 0 && report.lossCount == 1 && report.events == 80)
    let salvaged = try await ReplayStore.open(folder.parent + "/target")
    image.expectSame(try await StoreImage(salvaged), "salvaged")
    #expect(try await salvaged.verify(deep: true).findings == [])
    try await salvaged.close()
  }

  @Test("What was erased stays erased where the catalog says so, and its zeros are no damage where it does not")
  func erased() async throws {
    let sample = try await SalvageSample()
    let gone = [SessionKey(id: "s1"), SessionKey(id: "s3"), SessionKey(id: "s6")]
    var journals: [String: [UInt8]] = [:]
    for name in try sample.folder.files(in: "journals") { journals[name] = try sample.folder.read(name) }
    let store = try await sample.folder.open()
    for key in gone { try await store.erase(.session(key)) }
    let image = try await StoreImage(store)
    try await store.close()
    // A copy of a journal from before, put where damaged ones are kept, does not bring anything back.
    #expect(!journals.isEmpty)
    let copies = journals.map { ($0.key.replacingOccurrences(of: "journals/", with: "damaged/"), $0.value) }
    for (name, bytes) in copies { try sample.folder.write(bytes, to: name) }
    for hasCatalog in [true, false] {
      if !hasCatalog {
        try sample.folder.remove("catalog")
        for (name, _) in copies { try sample.folder.remove(name) }
      }
      try sample.removeTarget()
      let report = try await ReplayStore.salvage(sample.folder.path, into: sample.target)
      #expect(report.losses.map(\.file) == (hasCatalog ? [] : ["catalog"]))
      let salvaged = try await ReplayStore.open(sample.target)
      image.settled.expectSame(try await StoreImage(salvaged), "catalog: \(hasCatalog)")
      #expect(try await salvaged.verify(deep: true).findings == [])
      if hasCatalog {
        // Late batches of it are refused as before.
        for key in gone {
          #expect(
            await failure { try await salvaged.add([Sample.click(Sample.base)], to: key) }?.code == .sessionErased)
        }
      }
      try await salvaged.close()
    }
  }
}
