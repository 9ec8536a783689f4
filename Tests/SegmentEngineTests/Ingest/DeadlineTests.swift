import SegmentEngine
import Testing

@Suite("The committing thread sleeps when there is nothing to do")
struct DeadlineTests {
  private func writer(_ folder: StoreFolder, _ configuration: Configuration) throws -> StoreWriter {
    try StoreWriter.open(Layout(root: folder.path), configuration, .system())
  }

  private func batch(_ durability: Durability) throws -> PendingCommit {
    .batch(
      try PreparedBatch(
        Sample.batch(Sample.click(Sample.base)), to: SessionKey(id: "s"), window: "", batchID: nil, visitor: nil,
        validation: .rejectBatch, durability: durability, origin: .imported, received: Sample.base, limits: .init()))
  }

  @Test("A journal's age wakes it only where it maintains itself")
  func age() throws {
    for maintainsItself in [true, false] {
      let folder = try StoreFolder()
      var configuration = Configuration.small(maintainsItself: maintainsItself)
      configuration.journalSeconds = 0
      let writer = try writer(folder, configuration)
      #expect(writer.nextDeadline == nil)
      for outcome in writer.commit([try batch(.synced)]) { _ = try outcome.get() }
      #expect((writer.nextDeadline != nil) == maintainsItself)
      try writer.rotate()
      #expect(writer.nextDeadline == nil)
      try writer.close()
    }
  }

  @Test("Buffered batches wake it until they are synced")
  func buffered() throws {
    let folder = try StoreFolder()
    let writer = try writer(folder, .small(maintainsItself: false))
    for outcome in writer.commit([try batch(.buffered)]) { _ = try outcome.get() }
    #expect(writer.nextDeadline != nil)
    try writer.syncBuffered(force: true)
    #expect(writer.nextDeadline == nil)
    try writer.close()
  }
}
