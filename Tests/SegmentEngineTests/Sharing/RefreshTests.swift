import SegmentTestSupport
import Testing

@testable import SegmentEngine

/// A refresh takes more than one step, and another thread may look in between: what it then sees is put here by hand.
@Suite("Between the steps of a refresh nothing is there twice, and nothing is gone")
struct RefreshTests {
  private let key = SessionKey(id: "s")

  private func append(_ writer: StoreWriter, _ index: Int) throws {
    try writer.core.prepare(key)
    let batch = try PreparedBatch(
      Sample.batch(Sample.click(Sample.base + Double(index))), to: key, window: "", batchID: nil, visitor: nil,
      validation: .rejectBatch, durability: .synced, origin: .imported, received: Sample.base, limits: .init())
    for outcome in writer.commit([.batch(batch)]) { _ = try outcome.get() }
  }

  private func expected(_ count: Int) -> String {
    (0..<count).map { Sample.click(Sample.base + Double($0)) + "\n" }.joined()
  }

  private func check(_ core: StoreCore, _ count: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let read = try core.exported(key)
    #expect(String(decoding: read.bytes, as: UTF8.self) == expected(count), sourceLocation: sourceLocation)
    #expect(read.gaps.isEmpty, sourceLocation: sourceLocation)
    #expect(try core.summary(of: key)?.events == UInt64(count), sourceLocation: sourceLocation)
  }

  @Test("A reader that has read the catalog and not yet the journals")
  func reader() throws {
    let store = SimulatedStore(SimulatedDisk(seed: 1), seed: 1)
    let writer = try store.openWriter()
    try append(writer, 0)
    let reader = try store.openReader()
    try check(reader, 1)
    try writer.rotate()
    try append(writer, 1)
    try reader.refreshAll()
    try check(reader, 2)
    // One journal becomes a pack, the other stays.
    try writer.flush()
    try reader.refreshCatalog()
    try check(reader, 2)
    try reader.refreshAll()
    try check(reader, 2)
    try append(writer, 2)
    try reader.refreshAll()
    try check(reader, 3)
    try writer.close()
  }

  @Test("The writer whose flush is committed and not yet put in place")
  func writer() throws {
    let store = SimulatedStore(SimulatedDisk(seed: 2), seed: 2)
    let writer = try store.openWriter()
    try append(writer, 0)
    try writer.rotate()
    try append(writer, 1)
    // The commit of another process's flush looks to this one just like its own before `install`.
    let state = writer.core.catalog.state
    let sealed = try #require(state.journals.first { $0.sealedEnd != nil })
    let picture = try writer.core.picture(of: key)
    let flush = Flush(
      environment: store.environment(5), layout: SimulatedStore.layout, configuration: SimulatedStore.configuration,
      store: state.store, journals: picture.journals, dictionary: { _ in nil })
    let live = try #require(picture.live)
    let output = try #require(
      try flush.run([
        Flush.Input(
          key: key, visitor: "", nextSequence: 1, windows: live.windows.map { $0 },
          parts: live.parts.filter { $0.journal.ordinal == sealed.ordinal })
      ]))
    try writer.core.catalog.commit { _ in [.addPack(output.facts), .removeJournal(sealed.id)] }
    // As the committing thread does before each group.
    try writer.core.refreshCatalog()
    try check(writer.core, 2)
    try append(writer, 2)
    try check(writer.core, 3)
    try writer.close()
  }
}
