import SegmentEngine
import Testing

@Suite("Maintenance beside a writer is as good as the writer's own")
struct MaintenanceTests {
  private let key = SessionKey(id: "s")

  @Test("Tags and finish are seen at once by readers, soon by the writer, and stay through restart and flush")
  func edits() async throws {
    let folder = try StoreFolder()
    var writer = try await folder.open()
    let maintenance = try await folder.open(.maintenance)
    let reader = try await folder.open(.readOnly)
    try await writer.add([Sample.click(Sample.base)], to: key)
    try await writer.setTags(["by": "writer", "gone": "soon"], on: key)
    try await maintenance.setTags(["by": "maintenance", "gone": nil, "more": "1"], on: key)
    try await maintenance.finish(key)
    let tags = ["by": "maintenance", "more": "1"]
    for handle in [reader, maintenance] {
      let summary = try #require(try await handle.summary(of: key))
      #expect(summary.tags == tags && summary.finished != nil)
    }
    let (store, key) = (writer, key)
    try await eventually("the writer knows") { try await store.summary(of: key)?.finished != nil }
    #expect(try await writer.summary(of: key)?.tags == tags)
    try await writer.close()
    #expect(try await reader.summary(of: key)?.tags == tags)
    writer = try await folder.open()
    for _ in 0..<3 {
      for handle in [writer, reader, maintenance] {
        let summary = try #require(try await handle.summary(of: key))
        #expect(summary.tags == tags && summary.finished != nil && summary.events == 1)
      }
      try await writer.flush()
    }
    // The last word is the writer's again.
    try await writer.setTags(["by": "writer"], on: key)
    #expect(try await reader.summary(of: key)?.tags["by"] == "writer")
    #expect(try await reader.verify(deep: true).isClean)
    for handle in [writer, reader, maintenance] { try await handle.close() }
  }

  @Test("A session that only packs hold goes on in sequence after it was tagged from outside")
  func packedSession() async throws {
    let folder = try StoreFolder()
    var writer = try await folder.open()
    try await writer.add([Sample.click(Sample.base), Sample.click(Sample.base)], to: key, batchID: "b")
    try await writer.flush()
    try await writer.close()
    writer = try await folder.open()
    let maintenance = try await folder.open(.maintenance)
    try await maintenance.setTags(["a": "b"], on: key)
    // Takes the edit along.
    try await writer.add([Sample.click(Sample.base)], to: SessionKey(id: "other"))
    #expect(try await writer.add([Sample.click(Sample.base)], to: key, batchID: "b2").first.sequence == 2)
    #expect(
      await failure { try await writer.add([Sample.click(Sample.base)], to: key, batchID: "b") }?.code == .batchConflict
    )
    #expect(try await maintenance.summary(of: key)?.tags == ["a": "b"])
    #expect(try await writer.summary(of: key)?.events == 3)
    try await writer.flush()
    #expect(try await writer.summary(of: key)?.tags == ["a": "b"])
    #expect(try await writer.verify(deep: true).isClean)
    try await maintenance.close()
    try await writer.close()
  }

  @Test("With no writer there, edits wait in the catalog and count already")
  func editsWithoutWriter() async throws {
    let folder = try StoreFolder()
    var writer = try await folder.open()
    try await writer.add([Sample.click(Sample.base)], to: key)
    try await writer.close()
    let maintenance = try await folder.open(.maintenance)
    for value in ["1", "2", "3"] { try await maintenance.setTags(["v": value, "x\(value)": ""], on: key) }
    try await maintenance.finish(key)
    #expect(await failure { try await maintenance.setTags(["a": ""], on: SessionKey(id: "none")) }?.code == .notFound)
    let tags = ["v": "3", "x1": "", "x2": "", "x3": ""]
    #expect(try await maintenance.summary(of: key)?.tags == tags)
    writer = try await folder.open()
    #expect(try await writer.summary(of: key)?.tags == tags)
    try await writer.add([Sample.click(Sample.base)], to: key)
    try await writer.flush()
    #expect(try await writer.summary(of: key)?.tags == tags)
    #expect(try await writer.summary(of: key)?.finished != nil)
    #expect(try await maintenance.summary(of: key)?.tags == tags)
    #expect(try await writer.verify(deep: true).isClean)
    try await maintenance.close()
    try await writer.close()
  }

  @Test("A flush asked for beside a writer is done by it", arguments: [true, false])
  func flushBesideWriter(_ maintainsItself: Bool) async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open(.readWrite, .small(maintainsItself: maintainsItself))
    let maintenance = try await folder.open(.maintenance)
    try await writer.add([Sample.click(Sample.base)], to: key)
    try #require(await ends { try await maintenance.flush() }, "the request was not answered")
    #expect(try await maintenance.info().journals.count == 0)
    let summary = try #require(try await maintenance.summary(of: key))
    #expect(summary.segments == 1 && !summary.isLive)
    #expect(try await writer.export(key) == Sample.click(Sample.base) + "\n")
    try await writer.add([Sample.click(Sample.base)], to: key)
    #expect(try await maintenance.summary(of: key)?.events == 2)
    try await maintenance.close()
    try await writer.close()
  }

  @Test("A flush asked for ends where the writer has nothing to flush")
  func nothingToFlush() async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open()
    let maintenance = try await folder.open(.maintenance)
    try #require(await ends { try await maintenance.flush() }, "on a new store")
    try await writer.add([Sample.click(Sample.base)], to: key, batchID: "b")
    try await writer.flush()
    try #require(await ends { try await maintenance.flush() }, "with everything packed")
    // A batch that is known already needs no journal.
    #expect(try await writer.add([Sample.click(Sample.base)], to: key, batchID: "b").isDuplicate)
    try #require(await ends { try await maintenance.flush() }, "after a batch that was not stored")
    try await maintenance.close()
    try await writer.close()
  }

  @Test("A flush is done on the spot where nobody writes")
  func flushAlone() async throws {
    let folder = try StoreFolder()
    var writer = try await folder.open()
    try await writer.add([Sample.click(Sample.base)], to: key, batchID: "b")
    try await writer.close()
    let reader = try await folder.open(.readOnly)
    #expect(try await reader.summary(of: key)?.isLive == true)
    let maintenance = try await folder.open(.maintenance)
    try await maintenance.setTags(["a": "b"], on: key)
    try await maintenance.flush()
    try await maintenance.flush()
    for handle in [maintenance, reader] {
      let summary = try #require(try await handle.summary(of: key))
      #expect(!summary.isLive && summary.segments == 1 && summary.tags == ["a": "b"] && summary.events == 1)
    }
    #expect(try folder.files(in: "journals").isEmpty)
    #expect(try await reader.verify(deep: true).findings == [])
    try await reader.close()
    try await maintenance.close()
    writer = try await folder.open()
    #expect(try await writer.add([Sample.click(Sample.base)], to: key, batchID: "b").isDuplicate)
    #expect(try await writer.add([Sample.click(Sample.base)], to: key).first.sequence == 1)
    try await writer.close()
  }

  @Test("Edits and batches from all sides at once: each is there in the end")
  func fromAllSides() async throws {
    let folder = try StoreFolder()
    let writer = try await folder.open()
    let key = key
    let sides = [try await folder.open(.maintenance), try await folder.open(.maintenance)]
    try await writer.add([Sample.click(Sample.base)], to: key)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, side) in sides.enumerated() {
        group.addTask {
          for round in 0..<15 {
            let tags = ["side\(number)-\(round)": "\(round)", "last\(number)": "\(round)"]
            try await side.setTags(tags, on: key)
          }
        }
      }
      group.addTask {
        for round in 0..<40 {
          try await writer.add([Sample.click(Sample.base)], to: key, batchID: "b\(round)")
          if round % 10 == 0 { try await writer.flush() }
          if round % 10 == 5 { try await writer.setTags(["own\(round)": ""], on: key) }
        }
      }
      try await group.waitForAll()
    }
    try await writer.add([Sample.click(Sample.base)], to: key)
    for handle in sides + [writer] {
      let summary = try #require(try await handle.summary(of: key))
      #expect(summary.events == 42)
      #expect(summary.tags.count == 36)
      #expect(summary.tags["last0"] == "14" && summary.tags["last1"] == "14")
    }
    #expect(try await writer.verify(deep: true).isClean)
    for handle in sides + [writer] { try await handle.close() }
  }

  /// Whether a call ends before long; it is left alone where not.
  private func ends(_ call: @escaping @Sendable () async throws -> Void) async -> Bool {
    await withCheckedContinuation { (done: CheckedContinuation<Bool, Never>) in
      let first = FirstAnswer(done)
      Task {
        do {
          try await call()
          first.give(true)
        } catch {
          first.give(false)
        }
      }
      Task {
        try? await Task.sleep(for: .seconds(120))
        first.give(false)
      }
    }
  }
}
