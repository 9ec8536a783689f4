import SegmentEngine
import Testing

@Suite("Verify finds nothing in a store that is well, and says what it looked at")
struct VerifyTests {
  @Test("A store at every stage of its life, while written and when closed")
  func clean() async throws {
    let folder = try StoreFolder()
    var store = try await folder.open()
    var events = 0
    for round in 0..<12 {
      for session in 0..<5 {
        var random = RandomSession(seed: round * 5 + session)
        for batch in random.batches(4) {
          try await store.append(
            batch.bytes, to: SessionKey(id: "s\(session)"), window: batch.window, batchID: "b\(round)-\(events)",
            origin: .imported)
          events += batch.events.count
        }
      }
      switch round % 6 {
      case 1: try await store.flush()
      case 2: try await store.setTags(["round": "\(round)"], on: SessionKey(id: "s\(round % 5)"))
      case 3: try await store.finish(SessionKey(id: "s\(round % 5)"))
      case 4:
        try await store.close()
        store = try await folder.open()
      default: break
      }
      for deep in [false, true] {
        let report = try await store.verify(deep: deep)
        #expect(report.findings == [], "round \(round)")
        #expect(report.events == UInt64(events), "round \(round)")
        let info = try await store.info()
        #expect(report.segments == info.segments)
        #expect(info.events == UInt64(events))
      }
    }
    try await store.close()
    let reader = try await folder.open(.readOnly)
    let report = try await reader.verify(deep: true)
    #expect(report.findings == [] && report.isClean)
    #expect(report.events == UInt64(events) && report.blocks > 0 && report.files > 2)
    try await reader.close()
  }

  @Test("Files that do not belong there are named, and gone after the next opening")
  func orphans() async throws {
    let folder = try StoreFolder()
    let key = SessionKey(id: "s")
    let store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.flush()
    try await store.add([Sample.click(Sample.base)], to: key)
    try await store.close()
    let name = "00112233445566778899aabbccddeeff"
    let orphans = [
      "dictionaries/\(name).a.dict", "journals/\(name).journal", "packs/\(name).pack", "temporary/\(name).tmp",
    ]
    for orphan in orphans { try folder.write([1, 2, 3], to: orphan) }
    try folder.write([1], to: "notes.txt")
    let reader = try await folder.open(.readOnly)
    let report = try await reader.verify()
    #expect(report.findings.map(\.file) == (orphans + ["notes.txt"]).sorted())
    #expect(report.findings.allSatisfy { $0.severity == .warning } && !report.isClean)
    #expect(try await reader.summary(of: key)?.events == 2)
    try await reader.close()
    let next = try await folder.open()
    #expect(try await next.verify().findings.map(\.file) == ["notes.txt"])
    #expect(try await next.summary(of: key)?.events == 2)
    try await next.close()
  }

  @Test("A file that is missing or cut short is named, and the rest is read")
  func missing() async throws {
    let folder = try StoreFolder()
    let (one, two) = (SessionKey(id: "one"), SessionKey(id: "two"))
    let store = try await folder.open()
    try await store.add([Sample.click(Sample.base)], to: one)
    try await store.flush()
    try await store.add([Sample.click(Sample.base)], to: two)
    try await store.flush()
    let ranges = try await store.byteRanges(in: one).blocks
    let pack = try #require(ranges.first?.file)
    try await store.close()
    let bytes = try folder.read(pack)
    for cut in [bytes.count - 1, bytes.count / 2, 10, 0, -1] {
      if cut < 0 { try folder.remove(pack) } else { try folder.write(Array(bytes.prefix(cut)), to: pack) }
      // Opening needs the footers of all packs: the error names the one that is gone.
      let error = await failure {
        let reader = try await folder.open(.readOnly)
        defer { Task { try await reader.close() } }
        #expect(try await reader.export(two) == Sample.click(Sample.base) + "\n")
        #expect(try await reader.verify().findings.map(\.file).contains(pack))
        throw StoreError(.damaged, "opened", location: .init(file: pack))
      }
      #expect(error?.location?.file == pack, "cut at \(cut)")
    }
  }

  @Test("Progress goes up to the end")
  func progress() async throws {
    let folder = try StoreFolder()
    let store = try await folder.open()
    for index in 0..<4 {
      try await store.add([Sample.click(Sample.base)], to: SessionKey(id: "s\(index)"))
      try await store.flush()
    }
    let seen = Counter()
    _ = try await store.verify(deep: true) { done, total in seen.add(done, total) }
    #expect(seen.isRising && seen.count > 3)
    try await store.close()
  }
}
